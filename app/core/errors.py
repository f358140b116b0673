"""What can go wrong, by name. HTTP statuses are one table in `app.api.errors`.

AppError
|- ConfigurationError
|- InvalidRequestError
|  |- ModelRequiredError
|  |- PriceUnknownError
|  |- TaskNotSupportedError
|- UnauthenticatedError
|- ForbiddenError
|  |- ModelNotAllowedError
|  |- CrossSiteError
|- NotFoundError
|  |- ModelNotFoundError
|- ConflictError
|- TooLargeError
|  |- HeadTooLargeError
|- RequestTimeoutError
|- UnsupportedMediaTypeError
|- BudgetExceededError
|- RateLimitedError
|- BudgetBusyError
|- NotReadyError
|- OverloadedError
|- UpstreamError
   |- UpstreamUnreachableError
   |- UpstreamTimeoutError
   |- UpstreamCredentialsError
   |- UpstreamCreditsError
   |- UpstreamRateLimitedError
   |- UpstreamUnavailableError
   |  |- UpstreamLoadingError
   |- UpstreamProtocolError
   |- UpstreamTruncatedError
   |- UpstreamRejectedError (NotFound, TooLarge, Unprocessable)
"""

from collections.abc import Mapping


class AppError(Exception):
    """The root. Catch this at an edge, never in the middle."""

    code: str = "internal_error"
    may_be_billed: bool = True  # else it is certain that no upstream has done anything

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        retry_after_seconds: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Store a sentence for people, the bad input's name, when to come back, and headers."""
        super().__init__(message)
        self.message = message
        self.param = param
        self.retry_after_seconds = retry_after_seconds
        self.headers = headers or {}  # of the answer


class ConfigurationError(AppError):
    """The gateway cannot start as configured. One problem is one line for the operator."""

    code = "configuration"

    def __init__(self, *problems: str) -> None:
        """Store every problem found, each a full line naming file, field and way out."""
        super().__init__("\n".join(problems))
        self.problems = problems


class InvalidRequestError(AppError):
    """The request is malformed or asks for something that makes no sense."""

    code = "invalid_request"


class ModelRequiredError(InvalidRequestError):
    """The call names no model, and none is the default here."""

    code = "model_required"


class PriceUnknownError(InvalidRequestError):
    """The call counts into a budget, and nobody has said what its model costs."""

    code = "price_unknown"


class TaskNotSupportedError(InvalidRequestError):
    """The model does another task, or nobody who answers for it does this one."""

    code = "task_not_supported"


class UnauthenticatedError(AppError):
    """There is no key, or it is unknown, expired or revoked."""

    code = "unauthenticated"


class ForbiddenError(AppError):
    """The key is good but may not do this."""

    code = "forbidden"


class ModelNotAllowedError(ForbiddenError):
    """The key may not call this model."""

    code = "model_not_allowed"


class CrossSiteError(ForbiddenError):
    """Nothing shows that a page of the gateway's own sent this."""

    code = "cross_site"


class NotFoundError(AppError):
    """There is no such thing, or it is not the caller's."""

    code = "not_found"


class ModelNotFoundError(NotFoundError):
    """No configured upstream answers for this model name."""

    code = "model_not_found"


class ConflictError(AppError):
    """The thing is not in the state that this needs."""

    code = "conflict"


class TooLargeError(AppError):
    """The request body is over the limit."""

    code = "request_too_large"


class HeadTooLargeError(TooLargeError):
    """The URL and headers are over the limit."""

    code = "request_head_too_large"


class RequestTimeoutError(AppError):
    """The rest of the request does not come."""

    code = "request_timeout"


class UnsupportedMediaTypeError(AppError):
    """The body's media type or encoding is not accepted here."""

    code = "unsupported_media_type"


class BudgetExceededError(AppError):
    """The money of a budget is spent. Waiting does not help before its next period."""

    code = "budget_exceeded"


class RateLimitedError(AppError):
    """The caller goes faster than a limit lets it, or has too many calls running."""

    code = "rate_limited"


class BudgetBusyError(AppError):
    """The money of a budget is held by calls that run. What they do not use comes back."""

    code = "budget_busy"


class NotReadyError(AppError):
    """The gateway is starting, stopping, or was never started."""

    code = "not_ready"


class OverloadedError(AppError):
    """There is no room for one more call, neither running nor waiting."""

    code = "overloaded"


class UpstreamError(AppError):
    """The upstream failed, in a way that has no better name."""

    code = "upstream_error"


class UpstreamUnreachableError(UpstreamError):
    """No connection: DNS, refused, TLS, or cut before an answer."""

    code = "upstream_unreachable"


class UpstreamTimeoutError(UpstreamError):
    """The upstream did not answer, or stopped sending data, in time."""

    code = "upstream_timeout"


class UpstreamCredentialsError(UpstreamError):
    """The upstream refused the operator's credential (its 401 or 403)."""

    code = "upstream_credentials"
    is_for_model: bool = False  # it is good, but not for the model that was asked for


class UpstreamCreditsError(UpstreamError):
    """The operator's account at the upstream has no money left (its 402)."""

    code = "upstream_credits"


class UpstreamRateLimitedError(UpstreamError):
    """The upstream asks to slow down (its 429)."""

    code = "upstream_rate_limited"


class UpstreamUnavailableError(UpstreamError):
    """The upstream is overloaded, or its model is still loading (its 503)."""

    code = "upstream_unavailable"


class UpstreamLoadingError(UpstreamUnavailableError):
    """The model is being loaded, which takes a while and is nobody's fault."""

    code = "upstream_loading"


class UpstreamProtocolError(UpstreamError):
    """The upstream answered something that is not of its dialect."""

    code = "upstream_protocol"


class UpstreamTruncatedError(UpstreamError):
    """The upstream's stream ended before its finish reason."""

    code = "upstream_truncated"


class UpstreamRejectedError(UpstreamError):
    """The upstream refused the caller's input. Its words are the caller's to read."""

    code = "upstream_rejected"

    def __init__(
        self, message: str, *, param: str | None = None, upstream_code: str | None = None
    ) -> None:
        """Store the upstream's own code too: an app may act on `context_length_exceeded`."""
        super().__init__(message, param=param)
        if upstream_code:
            self.code = upstream_code


class UpstreamNotFoundError(UpstreamRejectedError):
    """The upstream does not know the model or path (its 404 or 410)."""

    code = "upstream_not_found"


class UpstreamTooLargeError(UpstreamRejectedError):
    """The upstream finds the body too large (its 413)."""

    code = "upstream_too_large"


class UpstreamUnprocessableError(UpstreamRejectedError):
    """The upstream could read the input but not use it (its 422)."""

    code = "upstream_unprocessable"

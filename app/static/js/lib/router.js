// Which page an address names. Addresses are hashes: "#/calls/req_1?status=error".

/**
 * @typedef {object} Route
 * @property {string} path "calls/:id": what begins with a colon is a parameter.
 * @property {() => Promise<{ default: any }>} load The page's module; its component gets `params` and `query`.
 * @property {string} [style] The name of a style sheet in css/, for this page alone.
 * @property {"admin" | "lead"} [needs] Who else sees "not yours". The gateway decides what they may do.
 *
 * @typedef {{ path: string, query: Record<string, string> }} Place
 * @typedef {{ route: Route, params: Record<string, string>, query: Record<string, string> }} Match
 */

/**
 * Read an address.
 * @param {string} hash
 * @returns {Place}
 */
export function placeOf(hash) {
  const [path = "", words = ""] = hash.replace(/^#?\/?/, "").split(/\?(.*)/s);
  return { path: path.replace(/\/$/, ""), query: Object.fromEntries(new URLSearchParams(words)) };
}

/**
 * Write an address, for a link.
 * @param {string} path Such as "calls/req_1"; parameters go through encodeURIComponent before.
 * @param {Record<string, string | number | null | undefined>} [query] Empty ones are left out.
 */
export function hrefTo(path, query = {}) {
  const given = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  const words = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return `#/${path}${given.length === 0 ? "" : `?${words}`}`;
}

/**
 * Find the route of an address, or null.
 * @param {Route[]} routes
 * @param {string} hash
 * @returns {Match | null}
 */
export function matchOf(routes, hash) {
  const { path, query } = placeOf(hash);
  const parts = path.split("/");
  for (const route of routes) {
    const params = paramsOf(route.path.split("/"), parts);
    if (params !== null) {
      return { route, params, query };
    }
  }
  return null;
}

/**
 * @param {string[]} pattern
 * @param {string[]} parts
 * @returns {Record<string, string> | null}
 */
function paramsOf(pattern, parts) {
  if (pattern.length !== parts.length) {
    return null;
  }
  /** @type {Record<string, string>} */
  const params = {};
  for (const [index, name] of pattern.entries()) {
    const part = parts[index] ?? "";
    if (!name.startsWith(":")) {
      if (name !== part) {
        return null;
      }
    } else if (part === "") {
      return null;
    } else {
      params[name.slice(1)] = decoded(part);
    }
  }
  return params;
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * Go to another page; "back" comes back here.
 * @param {string} path
 * @param {Parameters<typeof hrefTo>[1]} [query]
 */
export function goTo(path, query) {
  location.hash = hrefTo(path, query);
}

/**
 * Change the address without a new entry in the history, for filters and for secrets to be gone.
 * @param {string} path
 * @param {Parameters<typeof hrefTo>[1]} [query]
 */
export function replaceWith(path, query) {
  history.replaceState(null, "", hrefTo(path, query));
  dispatchEvent(new HashChangeEvent("hashchange"));
}

// Shows openapi.json with Swagger UI. A pasted key stays in this page and is gone when it closes.
"use strict";

window.SwaggerUIBundle({
  dom_id: "#reference",
  url: "openapi.json",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  filter: true,
  persistAuthorization: false,
  validatorUrl: null,
  presets: [window.SwaggerUIBundle.presets.apis],
});

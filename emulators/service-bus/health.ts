import { createServer, type Server } from "node:http";

/** The administration port: for now only `GET /health`, as the official emulator answers it. */
export const createAdminServer = (isHealthy: () => boolean): Server =>
  createServer((request, response) => {
    const answer = (status: number, body: object): void => {
      response
        .writeHead(status, { "content-type": "application/json; charset=utf-8" })
        .end(JSON.stringify(body));
    };
    if (request.method !== "GET" || new URL(request.url ?? "/", "http://localhost").pathname !== "/health") {
      answer(404, { status: "not found", message: "This server answers GET /health." });
    } else if (isHealthy()) {
      answer(200, { status: "healthy", message: "Service is healthy." });
    } else {
      answer(503, { status: "unhealthy", message: "Service is not ready." });
    }
  });

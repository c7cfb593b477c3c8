import { render } from "preact";
import { App } from "./app.tsx";
import { takeToken } from "./connection.ts";
import "./page.css";

const root = document.getElementById("page");
if (root !== null) render(<App token={takeToken()} />, root);

import { render } from "preact";
import "./page.css";

render(<h1>Live map</h1>, document.body);

import { crashMatrix } from "./matrix.ts";

crashMatrix("deadline alone");

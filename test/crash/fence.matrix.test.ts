import { crashMatrix } from "./matrix.ts";

crashMatrix("fence");

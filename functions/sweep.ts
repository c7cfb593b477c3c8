import { app } from "@azure/functions";
import { program } from "../shared/app.ts";

app.timer("sweep", { schedule: "*/30 * * * * *", handler: () => program.sweep() });

import { z } from "zod";

export const fillings = [
  "Spinach",
  "Meat",
  "Mushrooms",
  "SwissCheese",
  "QuarkAndPotatoes",
  "Strawberry",
] as const;

export const Filling = z.enum(fillings);
export type Filling = z.infer<typeof Filling>;

/** Price of one portion, in integer US cents. */
export const pricePerPortion: Readonly<Record<Filling, number>> = {
  Spinach: 1800,
  Meat: 2200,
  Mushrooms: 2000,
  SwissCheese: 2400,
  QuarkAndPotatoes: 1600,
  Strawberry: 2600,
};

/** Portions that one command may add. */
export const Portions = z.int().min(1).max(100);

/** What an order can hold; a test compares it with the program's own list. */
export const fillings = ["Spinach", "Meat", "Mushrooms", "SwissCheese", "QuarkAndPotatoes", "Strawberry"];

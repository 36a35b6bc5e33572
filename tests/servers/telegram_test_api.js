// Starts the Bot API server of the package telegram-test-api on the port given, and says when it listens.
const TelegramServer = require("telegram-test-api");

const server = new TelegramServer({ port: Number(process.argv[2]), host: "127.0.0.1" });
server.start().then(() => console.log("listening"));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0)); // ends with the test that started it

// Starts the Bot API server of the package telegram-test-api on the port given, and says when it listens.
// Its answers differ from Telegram's in ways that no client of Telegram's expects; those are put right here:
// getMe lacks is_bot, setWebhook answers null, pressed buttons lack chat_instance, dates are milliseconds, edits and button answers are null, and polls never wait.
const sending = require("telegram-test-api/lib/modules/sendResult");
const plain = sending.sendResult;

const seconds = (value) => {
  if (Array.isArray(value)) return value.map(seconds);
  if (value === null || typeof value !== "object") return value;
  const fixed = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, seconds(inner)]));
  if (fixed.date > 1e11) fixed.date = Math.floor(fixed.date / 1000);
  return fixed;
};
sending.sendResult = (request, response, next) => {
  plain(request, response, () => {
    const send = response.sendResult;
    response.sendResult = (data) => {
      const method = request.path.split("/").pop();
      if (!request.path.startsWith("/bot")) return send(data);
      const fixed = seconds(data);
      if (method === "getMe") fixed.result.is_bot = true;
      if (["answerCallbackQuery", "setWebhook", "deleteWebhook"].includes(method)) fixed.result = true;
      if (method.startsWith("editMessage")) {
        const { message_id, chat_id, text } = request.body;
        fixed.result = { message_id: Number(message_id), date: 1, text, chat: { id: Number(chat_id), type: "private" } };
      }
      if (method === "getUpdates") {
        for (const update of fixed.result) if (update.callback_query) update.callback_query.chat_instance = "1";
      }
      const pause = method === "getUpdates" && fixed.result.length === 0 ? 100 : 0;
      setTimeout(() => send(fixed), pause);
    };
    next();
  });
};

// It has no administrators of groups: here 42 is the one of the group -5010, and no other group is known to have any.
const last = require("telegram-test-api/lib/routes/bot/unknownMethod");
const unknown = last.unknownMethod;
last.unknownMethod = (app, telegramServer) => {
  app.all("/bot:token/getChatAdministrators", (request, response) => {
    const chat = Number(request.body?.chat_id ?? request.query.chat_id);
    const user = { id: 42, is_bot: false, first_name: "Grace" };
    response.json({ ok: true, result: chat === -5010 ? [{ status: "creator", is_anonymous: false, user }] : [] });
  });
  unknown(app, telegramServer);
};

// It posts updates to webhooks without the secret that it was given, and as it keeps them.
require("axios").interceptors.request.use((request) => {
  const webhook = Object.values(server.webhooks).find((known) => known.url === request.url);
  if (webhook?.secret_token) request.headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret_token;
  request.data = seconds(request.data);
  if (request.data?.callback_query) request.data.callback_query.chat_instance = "1";
  return request;
});

process.on("unhandledRejection", () => {}); // a webhook that is gone must not end the server for the tests that follow

const TelegramServer = require("telegram-test-api");

const server = new TelegramServer({ port: Number(process.argv[2]), host: "127.0.0.1" });
server.start().then(() => console.log("listening"));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0)); // ends with the test that started it

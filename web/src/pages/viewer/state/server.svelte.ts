/** Whether the server still answers: it ends with the command that opened this page. */

import { API } from "../../../wire/api";

const EVERY_MS = 10_000;

export class Server {
  gone = $state(false);

  /** Asks now and then, as long as the page is visible; ends with the returned function. */
  watch(): () => void {
    const timer = setInterval(() => {
      if (!document.hidden) void this.ask();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }

  async ask(): Promise<void> {
    try {
      await fetch(`${API}/show`, { method: "HEAD", cache: "no-store" });
      this.gone = false;
    } catch {
      this.gone = true;
    }
  }
}

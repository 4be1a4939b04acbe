namespace Cnn.Engine.Pages;

/// <summary>
/// Where a page that a server shows gets its news from, as addresses on that server. The page adds
/// <c>?token=TOKEN</c> to each.
/// </summary>
/// <param name="Events">Server-sent events: at each message the page fetches <paramref name="Data"/>.</param>
/// <param name="Data">The data as <see cref="RunPage.Data"/> writes it.</param>
/// <param name="Control">
/// The page posts to <c>CONTROL/snapshot</c> and <c>CONTROL/stop</c>, and shows the text of the answer. Empty where
/// the run cannot be controlled.
/// </param>
/// <param name="Token">What the server knows its own page by.</param>
public sealed record LivePage(string Events, string Data, string Control, string Token);

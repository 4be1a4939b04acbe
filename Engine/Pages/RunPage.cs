using System.Net;
using System.Text;
using System.Text.Json;
using Cnn.Engine.Runs;
using Cnn.Proto;

namespace Cnn.Engine.Pages;

/// <summary>
/// The page that shows a run, or compares several: one HTML file that holds all it needs and asks for nothing from
/// outside.
/// </summary>
public static class RunPage
{
    /// <summary>Returns the page.</summary>
    /// <param name="runs">The runs, one or more; several are compared.</param>
    /// <param name="options">How it is made; null for a file of runs that have ended.</param>
    public static string Html(IReadOnlyList<RunRecord> runs, PageOptions? options = null) =>
        Text(stream => Write(stream, runs, options ?? new PageOptions()));

    /// <summary>Returns the data of the page, a JSON object: what a page that a server shows asks for.</summary>
    /// <param name="runs">The runs of the page.</param>
    /// <param name="written">When it is written; null if the page should not say so.</param>
    public static string Data(IReadOnlyList<RunRecord> runs, DateTimeOffset? written = null) =>
        Text(stream => PageData.Write(stream, runs, written));

    /// <summary>Writes the page to a file, which is never there half written.</summary>
    /// <exception cref="CnnException">The file cannot be written; what was there before is unchanged.</exception>
    public static void Write(string path, IReadOnlyList<RunRecord> runs, PageOptions? options = null) =>
        AtomicFile.Write(path, stream => Write(stream, runs, options ?? new PageOptions()));

    /// <summary>Writes the page to a stream as UTF-8.</summary>
    internal static void Write(Stream stream, IReadOnlyList<RunRecord> runs, PageOptions options)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentOutOfRangeException.ThrowIfZero(runs.Count);
        string template = PageAssets.Template;
        int end = 0;
        while (template.IndexOf("{{", end, StringComparison.Ordinal) is >= 0 and var begin)
        {
            Put(stream, template.AsSpan(end, begin - end));
            end = template.IndexOf("}}", begin, StringComparison.Ordinal) + 2;
            Part(stream, template[(begin + 2)..(end - 2)], runs, options);
        }

        Put(stream, template.AsSpan(end));
    }

    private static void Part(Stream stream, string name, IReadOnlyList<RunRecord> runs, PageOptions options)
    {
        switch (name)
        {
            case "title":
                Put(stream, WebUtility.HtmlEncode(Title(runs)));
                break;
            case "connect":
                Put(stream, options.Live is null ? "'none'" : "'self'");
                break;
            case "style":
                stream.Write(PageAssets.Style.Span);
                break;
            case "options":
                Put(stream, OptionsText(options));
                break;
            case "data":
                PageData.Write(stream, runs, options.Written);
                break;
            case "script":
                stream.Write(PageAssets.Script.Span);
                break;
            default:
                throw new InvalidOperationException($"the page's template asks for '{name}'");
        }
    }

    private static string Title(IReadOnlyList<RunRecord> runs) =>
        runs.Count > 1 ? $"{runs.Count} runs compared" : runs[0].Name.Length > 0 ? runs[0].Name : "A run";

    // The default encoder leaves nothing that could end the script element.
    private static string OptionsText(PageOptions options) => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["reload"] = options.Reload.TotalSeconds,
        ["live"] = options.Live is not { } live ? null : new Dictionary<string, string>
        {
            ["events"] = live.Events,
            ["data"] = live.Data,
            ["control"] = live.Control,
            ["token"] = live.Token,
        },
    });

    private static string Text(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    private static void Put(Stream stream, ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        stream.Write(bytes, 0, Encoding.UTF8.GetBytes(text, bytes));
    }
}

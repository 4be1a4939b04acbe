using System.Globalization;

namespace Cnn.Campaigns.Crash.Tracing;

/// <summary>Reads what <c>strace -f -xx</c> writes, in the order in which calls end.</summary>
internal static class TraceReader
{
    private const string Unfinished = " <unfinished ...>", Resumed = " resumed>";

    /// <summary>
    /// Returns the calls. A close counts when it begins: another thread may get the descriptor before it has ended.
    /// </summary>
    /// <exception cref="InvalidDataException">A line is none of strace.</exception>
    public static IEnumerable<SystemCall> Read(IEnumerable<string> lines)
    {
        var begun = new Dictionary<int, string>();
        foreach (string line in lines)
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0
                || !int.TryParse(line[..space], NumberStyles.None, CultureInfo.InvariantCulture, out int thread))
            {
                throw new InvalidDataException($"no line of strace: {line}");
            }

            string text = line[space..].TrimStart();
            if (text.StartsWith("---", StringComparison.Ordinal) || text.StartsWith("+++", StringComparison.Ordinal))
            {
                continue;
            }

            if (text.EndsWith(Unfinished, StringComparison.Ordinal))
            {
                string beginning = text[..^Unfinished.Length];
                begun[thread] = beginning;
                if (beginning.StartsWith("close(", StringComparison.Ordinal))
                {
                    yield return Parse(thread, beginning + ") = 0");
                }

                continue;
            }

            if (text.StartsWith("<... ", StringComparison.Ordinal))
            {
                text = begun[thread] + text[(text.IndexOf(Resumed, StringComparison.Ordinal) + Resumed.Length)..];
                begun.Remove(thread);
                if (text.StartsWith("close(", StringComparison.Ordinal))
                {
                    continue;
                }
            }

            yield return Parse(thread, text);
        }
    }

    private static SystemCall Parse(int thread, string text)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal), end = text.LastIndexOf(" = ", StringComparison.Ordinal);
        int close = end < 0 ? -1 : text.LastIndexOf(')', end);
        if (open < 0 || close < open)
        {
            throw new InvalidDataException($"no call of strace: {text}");
        }

        string result = text[(end + 3)..].Split(' ')[0];
        return new SystemCall(
            thread,
            text[..open],
            text[(open + 1)..close].Split(", "),
            long.TryParse(result, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
                ? number
                : -1);
    }
}

namespace Cnn.Bench;

/// <summary>Plain "--name value" options; a name alone stands for its usual value.</summary>
internal static class Options
{
    public static string? Text(string[] args, string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length && !args[at + 1].StartsWith("--", StringComparison.Ordinal) ? args[at + 1] : null;
    }

    public static int Number(string[] args, string name, int otherwise) =>
        Text(args, name) is { } text ? int.Parse(text) : otherwise;
}

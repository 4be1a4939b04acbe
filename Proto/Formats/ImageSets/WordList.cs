namespace Cnn.Proto.Formats.ImageSets;

/// <summary>A list whose lines are words with space between them, such as an image and the map of its labels.</summary>
public static class WordList
{
    private const int MostMistakes = 20;

    private static readonly char[] Space = [' ', '\t', '\r', '\v', '\f'];

    /// <summary>Reads a list. Lines without any text are skipped.</summary>
    /// <param name="path">The list's path.</param>
    /// <param name="words">How many words a line has; those behind them are not read.</param>
    /// <param name="hint">What a line is, for errors.</param>
    /// <exception cref="CnnException">
    /// The list cannot be read or is empty, or lines have too few words; the errors name the lines.
    /// </exception>
    public static IReadOnlyList<string[]> Read(string path, int words, string hint)
    {
        List<string[]> entries = [];
        List<Diagnostic> mistakes = [];
        int number = 0;
        foreach (string line in ImageList.Lines(path))
        {
            number++;
            string[] entry = line.Split(Space, StringSplitOptions.RemoveEmptyEntries);
            if (entry.Length >= words)
            {
                entries.Add(entry);
            }
            else if (entry.Length > 0 && mistakes.Count < MostMistakes)
            {
                mistakes.Add(new Diagnostic(
                    $"the line has {entry.Length} of {words} words", new SourceLocation(path, number, 1, line), hint));
            }
        }

        if (mistakes.Count > 0)
        {
            throw new CnnException(mistakes);
        }

        return entries.Count > 0 ? entries : throw new CnnException($"the list '{path}' is empty", hint);
    }
}

using System.Text;

namespace Cnn.Proto.Formats.ImageSets;

/// <summary>
/// Caffe's list of images: a line for each with the path of its file and its label. The last space of a line separates
/// them, so a path may hold spaces; the label is read as C's <c>atoi</c> reads it. Lines without any text are skipped.
/// </summary>
public static class ImageList
{
    private const int MostMistakes = 20;

    /// <summary>Reads a list.</summary>
    /// <param name="path">The list's path.</param>
    /// <exception cref="CnnException">
    /// The list cannot be read or is empty, or lines have no label; the errors name the lines.
    /// </exception>
    public static IReadOnlyList<ImageSetEntry> Read(string path)
    {
        List<ImageSetEntry> entries = [];
        List<Diagnostic> mistakes = [];
        int number = 0;
        foreach (string line in Lines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            int space = line.TrimEnd().LastIndexOf(' ');
            if (space > 0 && TryParseLabel(line.AsSpan(space + 1), out int label))
            {
                entries.Add(new ImageSetEntry(line[..space], label));
            }
            else if (mistakes.Count < MostMistakes)
            {
                mistakes.Add(new Diagnostic(
                    space > 0 ? $"'{line[(space + 1)..].Trim()}' is no label" : "the line has no label",
                    new SourceLocation(path, number, space + 2, line),
                    "a line is the path of an image, a space, and a whole number"));
            }
        }

        if (mistakes.Count > 0)
        {
            throw new CnnException(mistakes);
        }

        return entries.Count > 0
            ? entries
            : throw new CnnException(
                $"the list '{path}' names no images", "a line is the path of an image, a space, and a whole number");
    }

    /// <summary>Reads the lines of a list.</summary>
    internal static IEnumerable<string> Lines(string path)
    {
        StreamReader reader;
        try
        {
            PathText.Require(path);
            reader = new StreamReader(path, Encoding.UTF8);
        }
        catch (Exception exception) when (FileErrors.From(path, "read", exception) is { } error)
        {
            throw error;
        }

        using (reader)
        {
            while (Next(reader, path) is { } line)
            {
                yield return line;
            }
        }
    }

    // A NUL is in no text; without the check a large binary file would be read as one line.
    private static string? Next(StreamReader reader, string path)
    {
        try
        {
            return reader.Peek() == 0
                ? throw new CnnException($"'{path}' is no list of images: it is not text")
                : reader.ReadLine();
        }
        catch (Exception exception) when (FileErrors.From(path, "read", exception) is { } error)
        {
            throw error;
        }
    }

    // As atoi: a sign and digits, and whatever follows them is not looked at; but there must be a digit.
    private static bool TryParseLabel(ReadOnlySpan<char> text, out int label)
    {
        text = text.Trim();
        int end = text.Length > 0 && text[0] is '-' or '+' ? 1 : 0;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return int.TryParse(
            text[..end],
            System.Globalization.NumberStyles.AllowLeadingSign,
            System.Globalization.CultureInfo.InvariantCulture,
            out label);
    }
}

namespace Cnn.Engine.Drawing;

/// <summary>
/// The widths of texts in a sans-serif font that is not known: those of DejaVu Sans, the widest that is usual, so that
/// what fits in it fits in others.
/// </summary>
internal static class TextWidth
{
    // Hundredths of the font's size, from the space to the tilde.
    private static readonly byte[] Plain =
    [
        32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34,
        84, 84, 84, 54, 100, 69, 69, 70, 78, 64, 58, 78, 76, 30, 30, 66, 56, 87, 75, 79, 61, 79, 70, 64, 62, 74, 69, 99,
        69, 62, 69, 40, 34, 40, 84, 50, 50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 53,
        40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84,
    ];

    private static readonly byte[] Bold =
    [
        35, 46, 53, 84, 70, 101, 88, 31, 46, 46, 53, 84, 38, 42, 38, 37, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 40, 40,
        84, 84, 84, 59, 100, 78, 77, 74, 84, 69, 69, 83, 84, 38, 38, 78, 64, 100, 84, 86, 74, 86, 78, 73, 69, 82, 78,
        111, 78, 73, 73, 46, 37, 46, 84, 50, 50, 68, 72, 60, 72, 68, 44, 72, 72, 35, 35, 67, 35, 105, 72, 69, 72, 72,
        50, 60, 48, 72, 66, 93, 65, 66, 59, 72, 37, 72, 84,
    ];

    /// <summary>Returns the width of a text that no usual font exceeds, in the unit of the size.</summary>
    public static double Of(string text, double size, bool isBold = false)
    {
        byte[] table = isBold ? Bold : Plain;
        int sum = 0;
        foreach (char letter in text)
        {
            int index = letter - ' ';
            sum += index >= 0 && index < table.Length ? table[index]
                : letter == '·' ? 38
                : letter < 0x2E80 && !char.IsSurrogate(letter) ? 90
                : 105;
        }

        return sum * size / 100;
    }

    /// <summary>Shortens a text in its middle to a number of characters, and takes out what cannot be drawn.</summary>
    public static string Fit(string text, int most)
    {
        string clean = Clean(text);
        if (clean.Length <= most)
        {
            return clean;
        }

        int head = (most - 1) / 2, tail = clean.Length - (most - 1 - head);
        head -= char.IsHighSurrogate(clean[head - 1]) ? 1 : 0;
        tail += char.IsLowSurrogate(clean[tail]) ? 1 : 0;
        return $"{clean[..head]}…{clean[tail..]}";
    }

    /// <summary>Replaces what XML and fonts have no sign for: control characters, halves of pairs.</summary>
    public static string Clean(string text, bool keepsLines = false)
    {
        var letters = text.ToCharArray();
        for (int i = 0; i < letters.Length; i++)
        {
            bool isPair = char.IsHighSurrogate(letters[i]) && i + 1 < letters.Length
                && char.IsLowSurrogate(letters[i + 1]);
            if (isPair)
            {
                i++;
            }
            else if ((char.IsControl(letters[i]) && !(keepsLines && letters[i] == '\n'))
                || char.IsSurrogate(letters[i]) || letters[i] is '\uFFFE' or '\uFFFF' or '\u2028' or '\u2029')
            {
                letters[i] = '\uFFFD';
            }
        }

        return new string(letters);
    }
}

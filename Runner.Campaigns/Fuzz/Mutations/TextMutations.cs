using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Cnn.Campaigns.Fuzz.Mutations;

/// <summary>
/// Damages of text by its words: left out, repeated, moved, exchanged for others; numbers at their boundaries; nesting.
/// </summary>
internal static partial class TextMutations
{
    private const int MostWords = 64, DeepestNesting = 2000;

    private static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "127", "255", "65535", "65536", "2147483647", "2147483648", "-2147483648", "-2147483649",
        "4294967295", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551615",
        "18446744073709551616", "1e30", "1e39", "-1e39", "1e309", "1e-46", "0.1", ".5", "5.", "nan", "-inf",
        "0x7FFFFFFF",
        "0xFFFFFFFFFFFFFFFF", "017", "99999999999999999999999999999999999999", "1e999999999",
        "0.00000000000000000000001",
    ];

    private static readonly string[] Openings = ["{", "[", "<", "(", "a{", "a:{", "- ", "[1,", "{\"a\":", "&a [", "\"",
        "<a>"];

    /// <summary>Damages a text once.</summary>
    public static byte[] Apply(byte[] bytes, byte[] other, IReadOnlyList<byte[]> words, Random random)
    {
        // Latin-1 keeps every byte as it is.
        var parts = Split(bytes);
        if (parts.Count == 0)
        {
            return words.Count > 0 ? words[random.Next(words.Count)] : [(byte)'a'];
        }

        int at = random.Next(parts.Count),
            length = Math.Min(parts.Count - at, 1 + random.Next(random.Next(3) == 0 ? MostWords : 4));
        switch (random.Next(11))
        {
            case 0:
                parts.RemoveRange(at, length);
                break;
            case 1:
                parts.InsertRange(random.Next(parts.Count + 1), parts.GetRange(at, length));
                break;
            case 2:
                int second = random.Next(parts.Count);
                (parts[at], parts[second]) = (parts[second], parts[at]);
                break;
            case 3 when words.Count > 0:
                parts[at] = Encoding.Latin1.GetString(words[random.Next(words.Count)]);
                break;
            case 4 when words.Count > 0:
                parts.Insert(at, " " + Encoding.Latin1.GetString(words[random.Next(words.Count)]) + " ");
                break;
            case 5 or 6:
                ChangeNumber(parts, at, random);
                break;
            case 7:
                List<string> others = Split(other);
                int from = random.Next(others.Count + 1);
                parts.InsertRange(at, others.GetRange(from, Math.Min(others.Count - from, random.Next(MostWords))));
                break;
            case 8 when random.Next(8) == 0:
                Nest(parts, at, random);
                break;
            case 9:
                parts[at] = Stretched(parts[at], random);
                break;
            default:
                parts[at] = parts[random.Next(parts.Count)];
                break;
        }

        return Encoding.Latin1.GetBytes(string.Concat(parts));
    }

    private static List<string> Split(byte[] bytes) =>
        [.. Word().Matches(Encoding.Latin1.GetString(bytes)).Select(match => match.Value)];

    private static void ChangeNumber(List<string> parts, int at, Random random)
    {
        // The next number, if there is one.
        int number = parts.FindIndex(at, part => char.IsAsciiDigit(part[0]));
        number = number < 0 ? at : number;
        parts[number] = random.Next(3) == 0
            ? ByteMutations.Boundary(random).ToString(CultureInfo.InvariantCulture)
            : Numbers[random.Next(Numbers.Length)];
    }

    private static void Nest(List<string> parts, int at, Random random)
    {
        string opening = Openings[random.Next(Openings.Length)];
        opening = random.Next(2) == 0 ? opening : parts[at] + opening;
        int most = Math.Max(2, DeepestNesting / opening.Length);
        parts.Insert(at, string.Concat(Enumerable.Repeat(opening, random.Next(2, most))));
    }

    private static string Stretched(string part, Random random) => random.Next(4) switch
    {
        0 => part[..(part.Length / 2)],
        1 => string.Concat(Enumerable.Repeat(part, random.Next(2, 20))),
        2 => part.ToUpperInvariant(),
        _ => part.Insert(random.Next(part.Length + 1), ((char)random.Next(256)).ToString()),
    };

    [GeneratedRegex(@"[A-Za-z_]+|[0-9]+|\s+|[^A-Za-z_0-9\s]", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}

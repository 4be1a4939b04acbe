using System.Text;

namespace Cnn.Tests.Proto.Text;

/// <summary>
/// Inputs for the text reader, each a function of its index: random bytes, random words, and damaged real files.
/// </summary>
internal sealed class FuzzInputs
{
    private static readonly string[] Words =
    [
        "{", "}", "<", ">", "[", "]", ":", ",", ";", "-", "\"", "'", "#", "\n", " ", "\\", "\\x", "\\u12", "\\377",
        "\0", "\uFEFF",
        "layer", "layers", "name", "type", "input_dim", "convolution_param", "num_output", "kernel_size",
        "plugin_param", "clip_param", "min", "max", "phase", "TEST", "MAX", "blobs", "data", "shape", "dim", "state",
        "weight_filler",
        "true", "f", "inf", "-nan", "0x", "0xFFFFFFFFFFFFFFFFF", "08", "1e999", "1e-999", "1.5f", ".", "..5", "1e+",
        "+3", "99999999999999999999",
        "\"a\"", "'é'", "\"\\ud800\"", "\u00A0", "\uD83D\uDE00", "layer {", "name: \"a\"", "dim: [1, 2]",
        "layer { plugin_param { a { b: [", "train_net_param {", "test_state: {",
    ];

    private readonly byte[][] files;

    private readonly string[] words;

    /// <param name="files">Real files; a file that parses before it is damaged tests the most.</param>
    /// <param name="words">Words of another format, in addition to those of the text format.</param>
    public FuzzInputs(IEnumerable<string> files, params string[] words)
    {
        this.files = [.. files.Select(Encoding.UTF8.GetBytes)];
        this.words = [.. Words, .. words];
    }

    public byte[] Create(int index)
    {
        var random = new Random(index);
        return (index % 10) switch
        {
            0 => Noise(random, 1 + random.Next(400)),
            1 => Soup(random),
            _ => Damaged(random),
        };
    }

    private static byte[] Noise(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        if (random.Next(2) == 0)
        {
            for (int i = 0; i < length; i++)
            {
                bytes[i] = (byte)(' ' + (bytes[i] % 95));
            }
        }

        return bytes;
    }

    private byte[] Soup(Random random)
    {
        var text = new StringBuilder();
        for (int n = random.Next(200); n > 0; n--)
        {
            text.Append(words[random.Next(words.Length)]).Append(random.Next(3) == 0 ? "" : " ");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private byte[] Damaged(Random random)
    {
        var bytes = new List<byte>(files[random.Next(files.Length)]);
        for (int n = random.Next(3) == 0 ? 1 + random.Next(4) : 1; n > 0; n--)
        {
            Damage(bytes, random);
        }

        // A few long ones, in which quadratic time shows.
        if (random.Next(1000) == 0)
        {
            byte[] once = [.. bytes];
            while (bytes.Count < 300_000)
            {
                bytes.AddRange(once);
            }
        }

        return [.. bytes];
    }

    private void Damage(List<byte> bytes, Random random)
    {
        int at = random.Next(bytes.Count + 1);
        int length = Math.Min(bytes.Count - at, random.Next(4) == 0 ? random.Next(400) : 1 + random.Next(4));
        switch (random.Next(9))
        {
            case 0 when at < bytes.Count: // a bit flips
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count: // a byte changes
                bytes[at] = (byte)random.Next(256);
                break;
            case 2: // bytes are inserted
                bytes.InsertRange(at, Noise(random, 1 + random.Next(6)));
                break;
            case 3: // bytes are removed
                bytes.RemoveRange(at, length);
                break;
            case 4: // a part is repeated
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 5: // a piece of another file
                byte[] other = files[random.Next(files.Length)];
                int from = random.Next(other.Length);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + 1 + random.Next(200))]);
                break;
            case 6: // a line is removed or repeated
                Line(bytes, at, random);
                break;
            case 7: // something that should not matter
                string idle = random.Next(2) == 0 ? " \t" : "# a comment\n";
                bytes.InsertRange(bytes.IndexOf((byte)'\n', at) + 1, Encoding.UTF8.GetBytes(idle));
                break;
            default:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(words[random.Next(words.Length)]));
                break;
        }
    }

    private static void Line(List<byte> bytes, int at, Random random)
    {
        int start = at == 0 ? 0 : bytes.LastIndexOf((byte)'\n', at - 1) + 1;
        int newline = bytes.IndexOf((byte)'\n', start);
        int length = (newline < 0 ? bytes.Count : newline + 1) - start;
        if (random.Next(2) == 0)
        {
            bytes.RemoveRange(start, length);
        }
        else
        {
            bytes.InsertRange(start, bytes.GetRange(start, length));
        }
    }
}

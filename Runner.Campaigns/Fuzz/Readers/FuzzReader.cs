using Google.Protobuf.Reflection;

namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>
/// A reader of files that come from anywhere, and what is known of its format to make inputs that get deep into it.
/// </summary>
internal sealed record FuzzReader
{
    private const long Spare = 64L << 20;

    /// <summary>The name of the part.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the file that is read, whose extension may matter.</summary>
    public required string FileName { get; init; }

    /// <summary>Makes small whole files, with the help of a folder; the same ones each time.</summary>
    public required Func<string, IEnumerable<byte[]>> Seeds { get; init; }

    /// <summary>Reads all of the file at a path.</summary>
    public required Action<string> Read { get; init; }

    /// <summary>Puts an input where <see cref="Read"/> finds it; null to write it as the file.</summary>
    public Action<byte[], string>? Place { get; init; }

    /// <summary>Words of the format.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Whether the format is text, which is damaged by words.</summary>
    public bool IsText { get; init; }

    /// <summary>The message that a file holds; null for none.</summary>
    public MessageDescriptor? Message { get; init; }

    /// <summary>Finds where sizes and offsets are in a file; null to guess.</summary>
    public Func<byte[], IReadOnlyList<(int Start, int Size)>>? Numbers { get; init; }

    /// <summary>Damages what is inside packed or signed files; null where nothing is.</summary>
    public Func<byte[], Random, byte[]>? Inside { get; init; }

    /// <summary>
    /// Corrects the checksums of a damaged file, so that what is behind them is reached; null where there are none.
    /// </summary>
    public Func<byte[], byte[]>? Sign { get; init; }

    /// <summary>The longest input.</summary>
    public int Longest { get; init; } = 1 << 14;

    /// <summary>Whether errors name the file: not where the caller of the reader adds its name.</summary>
    public bool NamesFile { get; init; } = true;

    /// <summary>
    /// The bytes that a packed input may become beside itself, such as an image's pixels; null for none.
    /// </summary>
    public Func<byte[], long>? Unpacked { get; init; }

    /// <summary>
    /// Whether memory is bounded by the file's size: not where a library believes the sizes in a file, of which
    /// SECURITY.md tells.
    /// </summary>
    public bool BoundsMemory { get; init; } = true;

    /// <summary>Returns the memory that reading an input may take: four times what there is, and 64 MB.</summary>
    public long Allowance(byte[] input) => (4 * (input.Length + (Unpacked?.Invoke(input) ?? 0))) + Spare;

    /// <summary>
    /// Returns the processor time that reading an input may take: a second a MB, and no less than one.
    /// </summary>
    public static TimeSpan TimeFor(byte[] input) => TimeSpan.FromSeconds(Math.Max(1, input.Length / (double)(1 << 20)));

    /// <summary>Reads an input in a folder.</summary>
    public void ReadInput(byte[] input, string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (Place is null)
        {
            File.WriteAllBytes(path, input);
        }
        else
        {
            Place(input, path);
        }

        Read(path);
    }
}

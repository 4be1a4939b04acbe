using System.Security.Cryptography;

namespace Cnn.Campaigns.Fuzz.Corpora;

/// <summary>The inputs of a reader that each run through something that the others do not.</summary>
internal sealed class Corpus
{
    private readonly List<byte[]> inputs = [];
    private readonly List<byte[]> read = [];
    private readonly string? folder;

    /// <param name="folder">Where inputs are kept; null for nowhere.</param>
    public Corpus(string? folder)
    {
        this.folder = folder;
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
        }
    }

    /// <summary>The inputs, the oldest first.</summary>
    public IReadOnlyList<byte[]> Inputs => inputs;

    /// <summary>Returns the inputs that earlier runs kept, in an order that is the same each time.</summary>
    public IReadOnlyList<byte[]> Kept() => folder is null
        ? []
        : [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    /// <summary>Adds an input, and keeps it.</summary>
    /// <param name="input">The input.</param>
    /// <param name="isRead">Whether it was read and not refused.</param>
    public void Add(byte[] input, bool isRead)
    {
        inputs.Add(input);
        if (isRead)
        {
            read.Add(input);
        }

        if (folder is not null)
        {
            File.WriteAllBytes(Path.Combine(folder, NameOf(input)), input);
        }
    }

    /// <summary>Forgets all inputs.</summary>
    public void Clear()
    {
        inputs.Clear();
        read.Clear();
        foreach (string file in folder is null ? [] : Directory.GetFiles(folder))
        {
            File.Delete(file);
        }
    }

    /// <summary>
    /// Returns an input: as often as not one that was read, since most damages of what was refused are refused at the
    /// same place. The later ones are chosen as often as all others together.
    /// </summary>
    public byte[] Choose(Random random)
    {
        List<byte[]> among = read.Count > 0 && random.Next(2) == 0 ? read : inputs;
        int first = random.Next(2) == 0 ? among.Count * 3 / 4 : 0;
        return among[random.Next(first, among.Count)];
    }

    private static string NameOf(byte[] input) => Convert.ToHexString(SHA256.HashData(input))[..16];
}

using System.Security.Cryptography;
using SharpFuzz;

namespace Cnn.Campaigns.Fuzz.Coverage;

/// <summary>
/// A copy of this program whose readers, and the libraries that they use, count the edges that they run through.
/// </summary>
internal static class InstrumentedCopy
{
    private static readonly string[] Instrumented =
        ["Cnn.Proto", "Cnn.Layers", "Cnn.Engine", "cnn", "Google.Protobuf", "PureHDF", "Snappier", "YamlDotNet"];

    /// <summary>Makes the copy in a folder, unless it is there and that of this program; returns its folder.</summary>
    public static string Make(string folder)
    {
        string from = AppContext.BaseDirectory, stamp = Stamp(from), to = Path.Combine(folder, "instrumented-" + stamp);
        if (Directory.Exists(to))
        {
            return to;
        }

        foreach (string old in Directory.EnumerateDirectories(folder, "instrumented-*"))
        {
            Directory.Delete(old, recursive: true);
        }

        string unfinished = Path.Combine(folder, $"unfinished-{Environment.ProcessId}");
        Copy(from, unfinished);
        foreach (string name in Instrumented)
        {
            // Kernels and the layers that compute read no files.
            Func<string, bool> isTaken = name == "Cnn.Layers"
                ? type => type.StartsWith("Cnn.Layers.Data", StringComparison.Ordinal)
                : _ => true;
            Fuzzer.Instrument(Path.Combine(unfinished, name + ".dll"), isTaken, Options.Value);
        }

        Directory.Move(unfinished, to);
        return to;
    }

    private static string Stamp(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal))
        {
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexString(hash.GetHashAndReset())[..12];
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }
}

using Cnn.Campaigns.Files;
using global::Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Hdf5;
using Cnn.Proto.Formats.LevelDb;
using Cnn.Proto.Formats.Lmdb;

namespace Cnn.Tests.Proto.Formats;

/// <summary>A reader that is disposed, or fails to open, leaves neither an open file nor a mapping.</summary>
[Trait("Category", "Unit")]
public sealed class ReleasedFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("lmdb")]
    [InlineData("leveldb")]
    [InlineData("hdf5")]
    [InlineData("user block")]
    [InlineData("weights")]
    [InlineData("weights.h5")]
    [InlineData("weights.safetensors")]
    [InlineData("weights.npz")]
    [InlineData("state")]
    [InlineData("state.h5")]
    public void NothingStaysOpen(string kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "open files are listed on Linux");
        string path = Write(kind);
        using (IDisposable reader = Open(kind, path))
        {
            Assert.NotEmpty(OpenFiles());
        }

        Assert.Empty(OpenFiles());

        // Cut so that the start is still valid.
        byte[] whole = File.ReadAllBytes(path);
        int refused = 0;
        foreach (int length in (int[])[whole.Length - 1, whole.Length / 2, whole.Length / 4, 600, 100, 20])
        {
            File.WriteAllBytes(path, whole[..Math.Min(length, whole.Length - 1)]);
            try
            {
                Open(kind, path).Dispose();
            }
            catch (CnnException)
            {
                refused++;
            }

            Assert.Empty(OpenFiles());
        }

        Assert.True(refused > 0, "no damaged file was refused");
    }

    private static IDisposable Open(string kind, string path) => kind switch
    {
        "lmdb" => LmdbReader.Open(path),
        "leveldb" => LevelDbReader.Open(Path.GetDirectoryName(path)!),
        "hdf5" or "user block" => new Hdf5Arrays(path),
        "weights" or "weights.h5" or "weights.safetensors" or "weights.npz" => WeightsFile.Open(path),
        _ => StateFile.Open(path),
    };

    private string Write(string kind)
    {
        string path = folder[kind.Replace(' ', '-')];
        switch (kind)
        {
            case "lmdb":
                using (LmdbWriter writer = LmdbWriter.Create(path))
                {
                    writer.Put("a"u8, new byte[5000]);
                    writer.Commit();
                }

                return Path.Combine(path, "data.mdb");
            case "leveldb":
                var change = new LevelDbFiles.Change("a", 1, new byte[5000]);
                LevelDbFiles.Manifest(path, 5, 1, LevelDbFiles.WriteTable(path, 0, 4, packed: false, change));
                File.WriteAllBytes(Path.Combine(path, "000005.log"), LevelDbFiles.Log(LevelDbFiles.Batch(change)));
                return Path.Combine(path, "000004.ldb");
            case "hdf5" or "user block":
                ArrayFile.Write(path += ".h5", "x", new NumberArray([2], [1, 2]));
                if (kind == "user block")
                {
                    File.WriteAllBytes(path, [.. new byte[512], .. File.ReadAllBytes(path)]);
                }

                return path;
            case "weights.safetensors" or "weights.npz":
                NamedArrayFiles.Write(path, [new("a.b", new MemorySnapshotArray([300], new float[300]))], []);
                return path;
            default:
                ISnapshotFormat format = SnapshotFormats.ForName(path);
                using (FileStream stream = File.Create(path))
                {
                    SnapshotArray array = new MemorySnapshotArray([300], new float[300]);
                    if (kind.StartsWith("state", StringComparison.Ordinal))
                    {
                        format.WriteState(new SolverState { Iter = 1, LearnedNet = "w" }, [array], stream);
                    }
                    else
                    {
                        var layer = new SnapshotLayer(new LayerParameter { Name = "a" }, [array]);
                        format.WriteWeights(new SnapshotNet("n", [layer]), withDiff: false, stream);
                    }
                }

                return path;
        }
    }

    private string[] OpenFiles()
    {
        IEnumerable<string> files = Directory.GetFiles("/proc/self/fd").Select(LinkTarget);
        IEnumerable<string> mappings = File.ReadAllLines("/proc/self/maps");
        return [.. files.Concat(mappings).Where(name => name.Contains(folder.Path, StringComparison.Ordinal))];
    }

    // A file that another thread has just closed is no longer there.
    private static string LinkTarget(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}

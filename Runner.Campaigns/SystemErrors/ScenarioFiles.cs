using System.Text;
using Cnn.Campaigns.Files;
using Cnn.Campaigns.Processes;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Lmdb;
using Cnn.Proto.Formats.Npy;

namespace Cnn.Campaigns.SystemErrors;

/// <summary>The small files that the scenarios read, made once and copied for each case.</summary>
internal sealed class ScenarioFiles : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder template = new();

    /// <summary>Makes the files.</summary>
    public ScenarioFiles()
    {
        Run("data", "digits", "--to", "digits_lmdb", "--count", "20");
        Run("data", "digits", "--to", "idx", "--count", "20", "--format", "idx");
        Run("data", "digits", "--to", "canvas", "--count", "8", "--canvas", "48x48");
        WriteLists();
        WriteTexts();
        WriteLevelDb();
        Run("compute_image_mean", "digits_lmdb", "mean.binaryproto");
        WriteData("lmdb", Database("digits_lmdb", "LMDB"));
        Run("train", "--solver", "lmdb.prototxt", "--threads", "1", "--run", "run");
        File.Move(template["lmdb_iter_2.caffemodel"], template["w.caffemodel"]);
        File.Move(template["lmdb_iter_2.solverstate"], template["w.solverstate"]);
        WriteArrays();
        WriteData("leveldb", Database("digits_leveldb", "LEVELDB"));
        WriteData(
            "hdf5",
            """type: "HDF5Data" hdf5_data_param { source: "hdf5.txt" batch_size: 4 }""",
            "snapshot_format: HDF5");
        WriteData(
            "images",
            """
            type: "ImageData" image_data_param { source: "canvas.txt" root_folder: "canvas/" batch_size: 2
              new_height: 28 new_width: 28 is_color: false }
            """);
        WriteData(
            "plain",
            """
            type: "IdxData" idx_data_param { images: "idx/digits-images-idx3-ubyte"
              labels: "idx/digits-labels-idx1-ubyte" batch_size: 4 }
            """,
            "snapshot: 1");
        Run("export", "--model", "deploy.prototxt", "--weights", "w.caffemodel", "--to", "net.onnx", "--no-check");
    }

    /// <summary>Copies the files into a new folder, ready for a scenario.</summary>
    public TemporaryFolder Copy(Scenario scenario)
    {
        var folder = new TemporaryFolder();
        FolderState.Copy(template.Path, folder.Path);
        foreach (string old in scenario.Old)
        {
            folder.Write(old, "what was there before\n");
        }

        scenario.Prepare?.Invoke(folder.Path);
        return folder;
    }

    /// <inheritdoc/>
    public void Dispose() => template.Dispose();

    private static string Database(string source, string backend) => $$"""
        type: "Data" transform_param { scale: 0.00390625 mean_file: "mean.binaryproto" }
          data_param { source: "{{source}}" batch_size: 4 backend: {{backend}} }
        """;

    private void Run(params string[] arguments)
    {
        ProcessResult result = CnnRun.Finish(template.Path, Limit, arguments);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', arguments)} fails: {result.Error}");
        }
    }

    private void WriteData(string name, string data, string more = "")
    {
        template.Write($"{name}.net.prototxt", ScenarioTexts.Net(data));
        template.Write($"{name}.prototxt", ScenarioTexts.Solver(name, more));
    }

    private void WriteTexts()
    {
        template.Write("deploy.prototxt", ScenarioTexts.Deploy);
        template.Write("old.prototxt", ScenarioTexts.Outdated);
        template.Write("block.yaml", ScenarioTexts.Block);
        template.Write("blocks.yaml", ScenarioTexts.Yaml);
        template.Write("base.yaml", ScenarioTexts.Base);
        template.Write("solver.yaml", ScenarioTexts.YamlSolver);
        template.Write("labels.txt", string.Join('\n', Enumerable.Range(0, 10).Select(i => $"digit {i}")));
        template.Write("hdf5.txt", "data.h5\n");
    }

    private void WriteLists()
    {
        string[] images = [.. Directory.GetFiles(template["canvas"], "*.png").Order(StringComparer.Ordinal)];
        template.Write("canvas.txt", string.Concat(images.Select((p, i) => $"{Path.GetFileName(p)} {i % 2}\n")));
        for (int i = 0; i < images.Length; i++)
        {
            string folder = Directory.CreateDirectory(template[$"classes/{(i % 2 == 0 ? "even" : "odd")}"]).FullName;
            File.Copy(images[i], Path.Combine(folder, Path.GetFileName(images[i])));
        }
    }

    private void WriteArrays()
    {
        var values = new float[4 * 28 * 28];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (i * 7 % 256) / 256F;
        }

        NpyFile.Write(template["x.npy"], new NumberArray([4, 1, 28, 28], values));
        ArrayFile.WriteHdf5(
            template["data.h5"],
            [("data", new NumberArray([4, 1, 28, 28], values)), ("label", new NumberArray([4], [1, 2, 3, 4]))]);
    }

    // One half in a table, the other in the log, as a database is after some use.
    private void WriteLevelDb()
    {
        using LmdbReader digits = LmdbReader.Open(template["digits_lmdb"]);
        LevelDbFiles.Change[] changes =
        [
            .. Enumerable.Range(0, (int)digits.Count).Select(i => new LevelDbFiles.Change(
                Encoding.ASCII.GetString(digits.Key(i)), (ulong)i + 1, digits.Value(i).ToArray())),
        ];
        string folder = template["digits_leveldb"];
        int half = changes.Length / 2;
        LevelDbFiles.Table table = LevelDbFiles.WriteTable(folder, 0, 5, packed: true, changes[..half]);
        LevelDbFiles.Manifest(folder, 7, (ulong)half, table);
        File.WriteAllBytes(
            Path.Combine(folder, "000007.log"),
            LevelDbFiles.Log(LevelDbFiles.Batch(changes[half..])));
    }
}

using System.Text;
using Cnn.Campaigns.Crash.Disks;
using Cnn.Campaigns.Processes;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Npy;

namespace Cnn.Campaigns.Crash.Commands;

/// <summary>What the commands that are crashed read.</summary>
internal static class ScenarioInputs
{
    private const string Detector = """
        name: "Boxes"
        layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }
        layer { name: "cell" type: "Pooling" bottom: "data" top: "cell" pooling_param { global_pooling: true } }
        layer { name: "prior" type: "PriorBox" bottom: "cell" bottom: "data" top: "prior"
          prior_box_param { min_size: 4 max_size: 16 step: 8 variance: 0.1 } }
        layer { name: "loc" type: "DummyData" top: "loc" dummy_data_param { shape { dim: 1 dim: 8 } } }
        layer { name: "conf" type: "DummyData" top: "conf" dummy_data_param { shape { dim: 1 dim: 6 }
          data_filler { type: "constant" value: 0.75 } } }
        layer { name: "out" type: "DetectionOutput" bottom: "loc" bottom: "conf" bottom: "prior" top: "out"
          detection_output_param { num_classes: 3 code_type: CENTER_SIZE keep_top_k: 4
            nms_param { nms_threshold: 0.9 } } }

        """;

    private const string Log = """
        I0131 12:34:56.123456     1 cnn:0] Iteration 0, Testing net (#0)
        I0131 12:34:56.123456     1 cnn:0]     Test net output #0: accuracy = 0.25
        I0131 12:34:56.123456     1 cnn:0]     Test net output #1: loss = 2.5 (* 1 = 2.5 loss)
        I0131 12:34:56.123456     1 cnn:0] Iteration 500, Testing net (#0)
        I0131 12:34:56.123456     1 cnn:0]     Test net output #0: accuracy = 0.75
        I0131 12:34:56.123456     1 cnn:0]     Test net output #1: loss = 0.5 (* 1 = 0.5 loss)

        """;

    /// <summary>Makes the files, the same each time.</summary>
    public static SortedDictionary<string, byte[]?> Make()
    {
        using var folder = new TemporaryFolder();
        folder.Write("net.prototxt", SmallTraining.Net);
        folder.Write(
            "deploy.prototxt", SmallTraining.Net.Split('\n').Aggregate(new StringBuilder(), AddDeployed).ToString());
        folder.Write("output.prototxt", SmallTraining.Net + """

            layer { name: "rows" type: "HDF5Output" bottom: "ip2" bottom: "label" include { phase: TEST }
              hdf5_output_param { file_name: "@rows.h5" } }
            """);
        folder.Write("output-train.prototxt", SmallTraining.Net + """

            layer { name: "rows" type: "HDF5Output" bottom: "ip2" bottom: "label" include { phase: TRAIN }
              hdf5_output_param { file_name: "@trained.h5" } }
            """);
        folder.Write("output-solver.prototxt", SmallTraining.Solver(4, 0, "random_seed: 7 snapshot_after_train: false")
            .Replace("net.prototxt", "output-train.prototxt", StringComparison.Ordinal));
        folder.Write("boxes.prototxt", Detector);
        folder.Write("train.log", Log);
        NpyFile.Write(folder["x.npy"], Numbers(2, 1, 24, 24));
        NpyFile.Write(folder["dy.npy"], Numbers(2, 10));
        folder.Write("solver.prototxt", SmallTraining.Solver(1, 0, "random_seed: 7", folder["snap"]));
        Run("train", "--solver", folder["solver.prototxt"], "--threads", "1");
        File.Move(folder["snap_iter_1.caffemodel"], folder["w.caffemodel"]);
        File.Delete(folder["snap_iter_1.solverstate"]);
        File.Delete(folder["solver.prototxt"]);
        Run(
            "export", "--model", folder["deploy.prototxt"], "--weights", folder["w.caffemodel"], "--to",
            folder["in.onnx"], "--no-check");
        Run("data", "digits", "--to", folder["digits_lmdb"], "--count", "6");
        Run("data", "digits", "--to", folder["idx"], "--count", "6", "--format", "idx");
        Run("data", "digits", "--to", folder["canvas"], "--count", "4", "--canvas", "48x48");
        string[] images = [.. Directory.GetFiles(folder["canvas"], "*.png").Order(StringComparer.Ordinal)];
        var list = new StringBuilder();
        foreach (var (number, image) in images.Index())
        {
            string name = $"class{number % 2}/{Path.GetFileName(image)}";
            Directory.CreateDirectory(Path.GetDirectoryName(folder[$"classes/{name}"])!);
            File.Copy(image, folder[$"classes/{name}"]);
            list.Append(name).Append(' ').Append(number % 2).Append('\n');
        }

        folder.Write("list.txt", list.ToString());
        return FolderContent.Read(folder.Path);
    }

    private static NumberArray Numbers(params int[] shape) => new(
        shape, [.. Enumerable.Range(0, shape.Aggregate(1, (product, dim) => product * dim)).Select(i => i % 7 / 7f)]);

    // The net without its data and its losses, from an input on.
    private static StringBuilder AddDeployed(StringBuilder text, string line)
    {
        string[] left = ["\"Digits\"", "transform_param", "\"Accuracy\"", "include", "\"loss\""];
        return line.StartsWith("name:", StringComparison.Ordinal)
            ? text.Append(line).Append("\nlayer { name: \"data\" type: \"Input\" top: \"data\" ")
                .Append("input_param { shape { dim: 1 dim: 1 dim: 24 dim: 24 } } }\n")
            : left.Any(l => line.Contains(l, StringComparison.Ordinal)) ? text
            : text.Append(line).Append('\n');
    }

    private static void Run(params string[] arguments)
    {
        ProcessResult run = CnnRun.Here(arguments);
        if (run.ExitCode != 0)
        {
            throw new InvalidDataException($"cnn {string.Join(' ', arguments)} failed: {run.Error}");
        }
    }
}

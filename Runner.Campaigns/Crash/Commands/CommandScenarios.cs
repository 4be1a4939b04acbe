using System.Text;
using Cnn.Campaigns.Crash.Disks;
using Cnn.Campaigns.Processes;

namespace Cnn.Campaigns.Crash.Commands;

/// <summary>The commands that are crashed, and what they read.</summary>
internal static class CommandScenarios
{
    private static readonly byte[] Old = Encoding.ASCII.GetBytes("what was there before\n");

    /// <summary>All scenarios.</summary>
    public static IReadOnlyList<CommandScenario> All { get; } =
    [
        new("convert", ["convert", "@w.caffemodel", "@out.prototxt"], "out.prototxt") { Old = Old },
        new("yaml", ["convert", "@deploy.prototxt", "@new.yaml"], "new.yaml"),
        new("upgrade", ["upgrade_net_proto_text", "@deploy.prototxt", "@up.prototxt"], "up.prototxt") { Old = Old },
        new(
            "onnx",
            ["export", "--model", "@deploy.prototxt", "--weights", "@w.caffemodel", "--to", "@net.onnx", "--no-check"],
            "net.onnx") { Old = Old },
        new(
            "safetensors",
            ["export", "--model", "@deploy.prototxt", "--weights", "@w.caffemodel", "--to", "@net.safetensors"],
            "net.safetensors") { Old = Old },
        new(
            "draw",
            ["draw", "@deploy.prototxt", "-o", "@net.svg", "-o", "@net.mmd"],
            "net.svg",
            "net.mmd") { Old = Old },
        new(
            "filters",
            ["look", "filters", "@deploy.prototxt", "--weights", "@w.caffemodel", "-o", "@filters.png"],
            "filters.png") { Old = Old },
        new("mean", ["compute_image_mean", "@digits_lmdb", "@mean.binaryproto"], "mean.binaryproto") { Old = Old },
        new("digits", ["data", "digits", "--to", "@made/deep/lmdb", "--count", "40"], "made/deep/lmdb"),
        new(
            "idx",
            ["data", "digits", "--to", "@made/idx", "--count", "20", "--format", "idx"],
            "made/idx/digits-images-idx3-ubyte",
            "made/idx/digits-labels-idx1-ubyte"),
        new(
            "imageset",
            ["convert_imageset", "--resume", "--threads", "1", "@classes/", "@list.txt", "@set_lmdb"],
            "set_lmdb") { MayStay = "state" },
        new(
            "images",
            ["data", "images", "@classes", "--to", "@images_lmdb", "--resume", "--threads", "1"],
            "images_lmdb") { MayStay = "state" },
        new("boxes", ["data", "boxes", "--from", "@canvas", "--to", "@boxes_lmdb", "--threads", "1"], "boxes_lmdb"),
        new(
            "mnist",
            ["convert_mnist_data", "@idx/digits-images-idx3-ubyte", "@idx/digits-labels-idx1-ubyte", "@mnist_lmdb"],
            "mnist_lmdb"),
        new(
            "features-lmdb",
            ["extract_features", "@w.caffemodel", "@net.prototxt", "ip1,ip2", "@ip1_lmdb,@ip2_lmdb", "2", "lmdb",
                "--threads", "1"],
            "ip1_lmdb",
            "ip2_lmdb"),
        new(
            "features-hdf5",
            ["extract_features", "@w.caffemodel", "@net.prototxt", "ip1", "@ip1.h5", "2", "hdf5", "--threads", "1"],
            "ip1.h5"),
        new(
            "hdf5-output",
            ["test", "--model", "@output.prototxt", "--weights", "@w.caffemodel", "--iterations", "4",
                "--threads", "1"],
            "rows.h5") { Old = Old, Appends = true },
        new("new", ["new", "lenet", "--to", "@started", "--force"], "started/net.prototxt", "started/solver.prototxt"),
    ];

    /// <summary>Makes what the commands read.</summary>
    public static SortedDictionary<string, byte[]?> Inputs()
    {
        using var folder = new TemporaryFolder();
        folder.Write("net.prototxt", SmallTraining.Net);
        folder.Write(
            "deploy.prototxt", SmallTraining.Net.Split('\n').Aggregate(new StringBuilder(), AddDeployed).ToString());
        folder.Write("output.prototxt", SmallTraining.Net + """

            layer { name: "rows" type: "HDF5Output" bottom: "ip2" bottom: "label" include { phase: TEST }
              hdf5_output_param { file_name: "@rows.h5" } }
            """);
        folder.Write("solver.prototxt", SmallTraining.Solver(1, 0, "random_seed: 7", folder["snap"]));
        Run("train", "--solver", folder["solver.prototxt"], "--threads", "1");
        File.Move(folder["snap_iter_1.caffemodel"], folder["w.caffemodel"]);
        File.Delete(folder["snap_iter_1.solverstate"]);
        File.Delete(folder["solver.prototxt"]);
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

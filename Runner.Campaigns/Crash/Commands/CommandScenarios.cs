using System.Text;
using System.Text.RegularExpressions;

namespace Cnn.Campaigns.Crash.Commands;

/// <summary>The commands that are crashed.</summary>
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
        new(
            "hdf5-output-train",
            ["train", "--solver", "@output-solver.prototxt", "--threads", "1"],
            "trained.h5") { Old = Old, Appends = true },
        new("new", ["new", "lenet", "--to", "@started", "--force"], "started/net.prototxt", "started/solver.prototxt"),
        new(
            "upgrade-binary",
            ["upgrade_net_proto_binary", "@w.caffemodel", "@up.caffemodel"],
            "up.caffemodel") { Old = Old },
        new(
            "upgrade-solver",
            ["upgrade_solver_proto_text", "@output-solver.prototxt", "@up-solver.prototxt"],
            "up-solver.prototxt"),
        new(
            "npz",
            ["export", "--model", "@deploy.prototxt", "--weights", "@w.caffemodel", "--to", "@net.npz"],
            "net.npz") { Old = Old },
        new(
            "onnx-data",
            ["export", "--model", "@deploy.prototxt", "--weights", "@w.caffemodel", "--to", "@far.onnx", "--no-check",
                "--external-data"],
            "far.onnx.data",
            "far.onnx"),
        new(
            "import",
            ["import", "@in.onnx", "--to", "@imported.prototxt", "--weights", "@imported.caffemodel"],
            "imported.prototxt",
            "imported.caffemodel") { Old = Old },
        new(
            "forward",
            ["forward", "@deploy.prototxt", "--weights", "@w.caffemodel", "--input", "data=@x.npy", "--output",
                "ip2=@y.npy", "--output", "ip1=@y.h5", "--backward", "--diff", "ip2=@dy.npy", "--all-blobs", "@all.h5",
                "--threads", "1"],
            "y.npy",
            "y.h5",
            "all.h5") { Old = Old },
        new(
            "classify",
            ["classify", "@canvas/00000000.png", "@canvas/00000001.png", "--model", "@deploy.prototxt", "--weights",
                "@w.caffemodel", "--output", "@scores.npy", "--threads", "1"],
            "scores.npy") { Old = Old },
        new(
            "detect",
            ["detect", "@canvas/00000000.png", "--model", "@boxes.prototxt", "--weights", "@w.caffemodel",
                "-o", "@found.png", "--threads", "1"],
            "found.png") { Old = Old },
        new("activations", Look("activations", "@activations.png"), "activations.png") { Old = Old },
        new("gradients", Look("gradients", "@gradients.png"), "gradients.png"),
        new("saliency", Look("saliency", "@saliency.png"), "saliency.png") { Old = Old },
        new("plot", ["plot", "@train.log", "-o", "@curve.png"], "curve.png") { Old = Old },
        new("report", ["report", "@train.log"], "train.html")
        {
            Old = Old, Varies = new Regex("\"written\":\\d+", RegexOptions.CultureInvariant),
        },
        new("sheet", ["data", "inspect", "@digits_lmdb", "--sheet", "@sheet.png"], "sheet.png") { Old = Old },
        new(
            "canvas",
            ["data", "digits", "--to", "@made/canvas", "--count", "2", "--canvas", "48x48"],
            "made/canvas/00000000.png",
            "made/canvas/00000000.xml",
            "made/canvas/00000001.png",
            "made/canvas/00000001.xml"),
        new DownloadScenario("download", "got/deep/", breaksAt: 0),
        new DownloadScenario("download-broken", "", breaksAt: 70_000) { Old = Old },
    ];

    private static string[] Look(string what, string picture) =>
    [
        "look", what, "@deploy.prototxt", "--weights", "@w.caffemodel", "--image", "@canvas/00000000.png",
        "-o", picture, "--threads", "1",
    ];
}

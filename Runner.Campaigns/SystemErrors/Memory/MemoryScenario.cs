namespace Cnn.Campaigns.SystemErrors.Memory;

/// <summary>A command on files or a net that take more memory than some limits leave.</summary>
/// <param name="Name">The name in findings.</param>
/// <param name="Megabytes">The limit that is enough; those drawn are below.</param>
/// <param name="Arguments">The command line, in the folder of the files.</param>
internal sealed record MemoryScenario(string Name, int Megabytes, params string[] Arguments)
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<MemoryScenario> All { get; } =
    [
        new("train", 130, "train", "--solver", "solver.prototxt", "--threads", "1") { Outputs = Snapshots(2) },
        new("train in hdf5", 170, "train", "--solver", "hdf5.prototxt", "--threads", "1")
        {
            Outputs = ["hdf5_iter_2.caffemodel.h5", "hdf5_iter_2.solverstate.h5"],
        },
        new("resume", 130, "train", "--solver", "solver.prototxt", "--threads", "1", "--resume", "latest",
            "--iterations", "3")
        {
            Outputs = Snapshots(3),
        },
        new("test", 90, "test", "--model", "net.prototxt", "--weights", "big_iter_1.caffemodel", "--iterations", "2",
            "--threads", "1"),
        new("summary", 60, "summary", "--model", "net.prototxt"),
        new("forward", 90, "forward", "--model", "net.prototxt", "--weights", "big_iter_1.caffemodel", "--output",
            "ip1=ip1.npy", "--threads", "1")
        {
            Outputs = ["ip1.npy"],
        },
        new("convert", 260, "convert", "big_iter_1.caffemodel", "big.prototxt") { Outputs = ["big.prototxt"] },
        new("export", 130, "export", "--model", "deploy.prototxt", "--weights", "big_iter_1.caffemodel", "--to",
            "big.onnx", "--no-check")
        {
            Outputs = ["big.onnx"],
        },
        new("export of weights", 130, "export", "--model", "deploy.prototxt", "--weights", "big_iter_1.caffemodel",
            "--to", "big.safetensors")
        {
            Outputs = ["big.safetensors"],
        },
        new("classify", 200, "classify", "canvas/00000000.png", "--model", "deploy.prototxt", "--weights",
            "big_iter_1.caffemodel", "--threads", "1"),
        new("idx", 110, "train", "--solver", "idx.prototxt", "--threads", "1"),
        new("inspect", 200, "data", "inspect", "idx/digits-images-idx3-ubyte", "--threads", "1"),
        new("images", 200, "data", "inspect", "canvas.txt", "--root", "canvas/", "--threads", "1"),
        new("rows of hdf5", 130, "train", "--solver", "rows.prototxt", "--threads", "1"),
        new("array", 130, "forward", "--model", "deploy.prototxt", "--input", "data=big.npy", "--output",
            "ip1=ip1.npy", "--threads", "1")
        {
            Outputs = ["ip1.npy"],
        },
    ];

    /// <summary>The files that it writes.</summary>
    public string[] Outputs { get; init; } = [];

    private static string[] Snapshots(int iteration) =>
        [$"big_iter_{iteration}.caffemodel", $"big_iter_{iteration}.solverstate"];
}

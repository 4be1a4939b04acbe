namespace Cnn.Campaigns.SystemErrors;

/// <summary>The commands that the campaign runs, by part.</summary>
internal static class Scenarios
{
    /// <summary>The parts.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["train", "test", "convert", "export", "data"];

    /// <summary>Returns the commands of a part.</summary>
    public static IReadOnlyList<Scenario> Of(string part) => part switch
    {
        "train" => Train,
        "test" => Test,
        "convert" => Convert,
        "export" => Export,
        "data" => Data,
        _ => throw new ArgumentException($"there is no part '{part}'", nameof(part)),
    };

    private static Scenario[] Train =>
    [
        Training("lmdb", "lmdb.prototxt", ["lmdb_iter_2.caffemodel", "lmdb_iter_2.solverstate"]),
        Training("leveldb", "leveldb.prototxt", ["leveldb_iter_2.caffemodel", "leveldb_iter_2.solverstate"]),
        Training("hdf5", "hdf5.prototxt", ["hdf5_iter_2.caffemodel.h5", "hdf5_iter_2.solverstate.h5"]),
        Training("images", "images.prototxt", ["images_iter_2.caffemodel", "images_iter_2.solverstate"]),
        Training(
            "idx",
            "plain.prototxt",
            [
                "plain_iter_1.caffemodel", "plain_iter_1.solverstate", "plain_iter_2.caffemodel",
                "plain_iter_2.solverstate",
            ]),
        Training("yaml", "solver.yaml", ["yaml_iter_2.caffemodel", "yaml_iter_2.solverstate"]),
        Training(
            "weights",
            "lmdb.prototxt",
            ["lmdb_iter_2.caffemodel", "lmdb_iter_2.solverstate"],
            "--weights", "w.caffemodel"),
        Training(
            "resume",
            "lmdb.prototxt",
            ["lmdb_iter_4.caffemodel", "lmdb_iter_4.solverstate"],
            "--snapshot", "w.solverstate", "--iterations", "4") with
        {
            Prepare = folder => File.Copy(
                Path.Combine(folder, "w.caffemodel"), Path.Combine(folder, "lmdb_iter_2.caffemodel")),
        },
        Training(
            "run", "lmdb.prototxt", ["lmdb_iter_2.caffemodel", "lmdb_iter_2.solverstate"], "--run", "runs/new") with
        {
            Loose = ["runs/"],
            Meanwhile =
            [
                "runs", "runs/new", "runs/new/run.json", "runs/new/metrics.jsonl", "runs/new/run.log",
                "runs/new/run.html", "runs/new/net.svg", "runs/new/layer-times.json", "runs/new/classes.json",
                "runs/new/solver.prototxt", "runs/new/train_net.prototxt",
            ],
        },
        Training(
            "resumed run",
            "lmdb.prototxt",
            ["lmdb_iter_4.caffemodel", "lmdb_iter_4.solverstate"],
            "--snapshot", "w.solverstate", "--iterations", "4", "--run", "run") with
        {
            Loose = ["run/"],
            Prepare = folder => File.Copy(
                Path.Combine(folder, "w.caffemodel"), Path.Combine(folder, "lmdb_iter_2.caffemodel")),
        },
    ];

    private static Scenario[] Test =>
    [
        new("test", "test", "--model", "lmdb.net.prototxt", "--weights", "w.caffemodel", "--iterations", "2"),
        new("test of leveldb", "test", "--model", "leveldb.net.prototxt", "--weights", "w.caffemodel",
            "--iterations", "6"),
        new("test of images", "test", "--model", "images.net.prototxt", "--weights", "w.caffemodel",
            "--iterations", "2"),
        new("classify", "classify", "canvas", "--model", "deploy.prototxt", "--weights", "w.caffemodel",
            "--labels", "labels.txt", "--mean", "mean.binaryproto", "--output", "scores.npy")
        {
            Outputs = ["scores.npy"], GoesOn = true,
        },
        new("forward", "forward", "--model", "deploy.prototxt", "--weights", "w.caffemodel", "--input",
            "data=x.npy", "--output", "prob=y.npy")
        {
            Outputs = ["y.npy"], Old = ["y.npy"], HasStableText = false,
        },
        new("forward of hdf5", "forward", "--model", "deploy.prototxt", "--weights", "w.caffemodel", "--input",
            "data=data.h5:data", "--all-blobs", "all.h5")
        {
            Outputs = ["all.h5"], HasStableText = false,
        },
        new("extract features", "extract_features", "w.caffemodel", "lmdb.net.prototxt", "ip1", "ip1_lmdb", "2",
            "lmdb")
        {
            Outputs = ["ip1_lmdb/data.mdb"], HasStableText = false,
        },
        new("extract features to hdf5", "extract_features", "w.caffemodel", "lmdb.net.prototxt", "ip1", "ip1.h5",
            "2", "hdf5")
        {
            Outputs = ["ip1.h5"], HasStableText = false,
        },
        new("summary", "summary", "--model", "blocks.yaml"),
    ];

    private static Scenario[] Convert =>
    [
        new("net to YAML", "convert", "deploy.prototxt", "deploy.yaml") { Outputs = ["deploy.yaml"] },
        new("net of blocks", "convert", "blocks.yaml", "blocks.prototxt") { Outputs = ["blocks.prototxt"] },
        new("weights over a file", "convert", "w.caffemodel", "w.prototxt")
        {
            Outputs = ["w.prototxt"], Old = ["w.prototxt"],
        },
        new("state", "convert", "w.solverstate", "state.prototxt") { Outputs = ["state.prototxt"] },
        new("mean", "convert", "mean.binaryproto", "mean.prototxt") { Outputs = ["mean.prototxt"] },
        new("upgrade", "upgrade_net_proto_text", "old.prototxt", "new.prototxt") { Outputs = ["new.prototxt"] },
        new("through a link", "convert", "deploy.prototxt", "link.yaml")
        {
            Outputs = ["target.yaml"],
            Old = ["target.yaml"],
            OtherNames = ["link.yaml"],
            Prepare = folder => File.CreateSymbolicLink(Path.Combine(folder, "link.yaml"), "target.yaml"),
        },
        new("without a kind", "convert", "nameless.bin", "nameless.prototxt")
        {
            Outputs = ["nameless.prototxt"],
            Prepare = folder => File.Copy(
                Path.Combine(folder, "w.caffemodel"), Path.Combine(folder, "nameless.bin")),
        },
    ];

    private static Scenario[] Export =>
    [
        Exporting("onnx", "out.onnx"),
        Exporting("external data", "out.onnx", "--external-data") with
        {
            Outputs = ["out.onnx", "out.onnx.data"], KeepsDone = true,
        },
        Exporting("safetensors", "out.safetensors") with { Old = ["out.safetensors"] },
        Exporting("npz", "out.npz"),
        new("import", "import", "net.onnx", "--to", "in.prototxt", "--weights", "in.caffemodel")
        {
            Outputs = ["in.prototxt", "in.caffemodel"], KeepsDone = true,
        },
        new("import to hdf5", "import", "net.onnx", "--to", "in.yaml", "--weights", "in.h5")
        {
            Outputs = ["in.yaml", "in.h5"], KeepsDone = true,
        },
        new("draw", "draw", "--model", "deploy.prototxt", "-o", "net.svg", "-o", "net.png")
        {
            Outputs = ["net.svg", "net.png"], KeepsDone = true,
        },
        new("look", "look", "filters", "--model", "deploy.prototxt", "--weights", "w.caffemodel", "-o", "f.png")
        {
            Outputs = ["f.png"],
        },
        new("plot", "plot", "run", "-o", "curve.svg") { Outputs = ["curve.svg"], GoesOn = true },
        new("report", "report", "run", "-o", "page.html")
        {
            Outputs = ["page.html"], Dated = ["page.html"], GoesOn = true,
        },
        new("runs", "runs", "run") { GoesOn = true },
    ];

    private static Scenario[] Data =>
    [
        new("digits", "data", "digits", "--to", "new_lmdb", "--count", "20") { Outputs = ["new_lmdb/data.mdb"] },
        new("digits as idx", "data", "digits", "--to", "new", "--count", "20", "--format", "idx")
        {
            Outputs = ["new/digits-images-idx3-ubyte", "new/digits-labels-idx1-ubyte"], KeepsDone = true,
        },
        new("digits on canvas", "data", "digits", "--to", "new", "--count", "2", "--canvas", "48x48")
        {
            Outputs = ["new/00000000.png", "new/00000000.xml", "new/00000001.png", "new/00000001.xml"],
            KeepsDone = true,
        },
        new("images", "data", "images", "classes", "--to", "new", "--validation", "50%", "--threads", "1")
        {
            Outputs = ["new_train/data.mdb", "new_val/data.mdb", "new_train/labels.txt", "new_val/labels.txt"],
            Loose = ["new_train.partial/", "new_val.partial/"],
            Meanwhile = [.. Unfinished("new_train"), .. Unfinished("new_val")],
            OtherNames = ["new_train", "new_val"],
            KeepsDone = true,
            GoesOn = true,
        },
        new("boxes", "data", "boxes", "--from", "canvas", "--to", "new_lmdb", "--threads", "1")
        {
            Outputs = ["new_lmdb/data.mdb", "new_lmdb/labels.txt"], KeepsDone = true, GoesOn = true,
        },
        new("inspect", "data", "inspect", "digits_lmdb", "--threads", "1"),
        new("inspect leveldb", "data", "inspect", "digits_leveldb", "--threads", "1"),
        new("inspect idx", "data", "inspect", "idx/digits-images-idx3-ubyte", "--threads", "1"),
        new("inspect list", "data", "inspect", "canvas.txt", "--root", "canvas/", "--sheet", "sheet.png", "--threads",
            "1")
        {
            Outputs = ["sheet.png"], GoesOn = true,
        },
        new("convert imageset", "convert_imageset", "canvas/", "canvas.txt", "new_lmdb", "--threads", "1")
        {
            Outputs = ["new_lmdb/data.mdb"],
            Loose = ["new_lmdb.partial/"],
            Meanwhile = Unfinished("new_lmdb"),
            OtherNames = ["new_lmdb"],
            GoesOn = true,
        },
        new("mean", "compute_image_mean", "digits_leveldb", "new.binaryproto", "--threads", "1")
        {
            Outputs = ["new.binaryproto"], Old = ["new.binaryproto"], HasStableText = false,
        },
        new("mnist", "convert_mnist_data", "idx/digits-images-idx3-ubyte", "idx/digits-labels-idx1-ubyte", "new_lmdb")
        {
            Outputs = ["new_lmdb/data.mdb"],
        },
    ];

    private static Scenario Training(string name, string solver, string[] outputs, params string[] more) =>
        new(name, ["train", "--solver", solver, "--threads", "1", .. more])
        {
            Outputs = outputs, KeepsDone = true, HasStableText = false,
        };

    private static Scenario Exporting(string name, string to, params string[] more) => new(
        name,
        ["export", "--model", "deploy.prototxt", "--weights", "w.caffemodel", "--to", to, "--no-check", .. more])
    {
        Outputs = [to], HasStableText = false,
    };

    private static string[] Unfinished(string database) =>
        [$"{database}.partial", $"{database}.partial/data.mdb", $"{database}.partial/state"];
}

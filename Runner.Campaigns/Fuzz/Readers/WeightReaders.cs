using Cnn.Campaigns.Fuzz.Mutations;
using Cnn.Engine.Export;
using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Engine.Import;
using Cnn.Engine.Import.Onnx;
using Cnn.Layers.Data.Transform;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Onnx;
using Google.Protobuf;
using static Cnn.Campaigns.Fuzz.Readers.FuzzReaders;

namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>Readers of weights, solver states, mean images and nets of other programs.</summary>
internal static class WeightReaders
{
    // Deflate's most, which the readers of packed arrays rely on.
    private const long MostPacked = 1100;

    private const int MostNumbers = 1 << 27;

    private static readonly SnapshotNet Weighted = new(
        "net",
        [
            new(new LayerParameter { Name = "conv", Type = "Convolution" },
                [new SeedArray(2, 1, 3, 3), new SeedArray(2)]),
            new(new LayerParameter { Name = "relu", Type = "ReLU" }, []),
            new(new LayerParameter { Name = "bn", Type = "BatchNorm" },
                [new SeedArray(2), new SeedArray(2), new SeedArray(1)]),
        ]);

    private static readonly SolverState State = new()
    {
        Iter = 7,
        CurrentStep = 1,
        LearnedNet = "s_iter_7.caffemodel",
        SolverType = "SGD",
        RandomSeed = 3,
        LearnedNetSha256 = ByteString.CopyFrom(new byte[32]),
        LayerState = { new LayerState { Net = 1, Layer = "data", Blobs = { new BlobProto { Data = { 1 } } } } },
    };

    // What PyTorch's exporter writes has the same operations; these are written by ours.
    private static readonly string[] OnnxNets =
    [
        """
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }
        layer { name: "c" type: "Convolution" bottom: "x" top: "c" convolution_param { num_output: 2 kernel_size: 3
        pad: 1 } }
        layer { name: "b" type: "BatchNorm" bottom: "c" top: "b" }
        layer { name: "s" type: "Scale" bottom: "b" top: "s" scale_param { bias_term: true } }
        layer { name: "r" type: "ReLU" bottom: "s" top: "s" }
        layer { name: "p" type: "Pooling" bottom: "s" top: "p" pooling_param { pool: MAX kernel_size: 3 stride: 2 } }
        layer { name: "i" type: "InnerProduct" bottom: "p" top: "i" inner_product_param { num_output: 3 } }
        layer { name: "o" type: "Softmax" bottom: "i" top: "o" }
        """,
        """
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 dim: 6 dim: 6 } } }
        layer { name: "l" type: "LRN" bottom: "x" top: "l" }
        layer { name: "a" type: "Pooling" bottom: "l" top: "a" pooling_param { pool: AVE global_pooling: true } }
        layer { name: "d" type: "Deconvolution" bottom: "l" top: "d" convolution_param { num_output: 4 kernel_size: 2
        stride: 2 group: 2 } }
        layer { name: "sl" type: "Slice" bottom: "d" top: "s1" top: "s2" slice_param { slice_point: 1 } }
        layer { name: "cc" type: "Concat" bottom: "s1" bottom: "s2" top: "cc" }
        layer { name: "pr" type: "PReLU" bottom: "cc" top: "pr" }
        layer { name: "el" type: "Eltwise" bottom: "pr" bottom: "d" top: "el" eltwise_param { operation: SUM coeff: 1
        coeff: -2 } }
        layer { name: "pm" type: "Permute" bottom: "el" top: "pm" permute_param { order: 0 order: 2 order: 3 order: 1 }
        }
        layer { name: "fl" type: "Flatten" bottom: "pm" top: "fl" }
        layer { name: "rs" type: "Reshape" bottom: "fl" top: "rs" reshape_param { shape { dim: 0 dim: -1 dim: 4 } } }
        layer { name: "po" type: "Power" bottom: "rs" top: "po" power_param { power: 2 scale: 3 shift: 1 } }
        layer { name: "re" type: "Reduction" bottom: "po" top: "re" reduction_param { axis: 1 operation: MEAN } }
        layer { name: "el2" type: "ELU" bottom: "po" top: "el2" } layer { name: "sg" type: "Sigmoid" bottom: "el2" top:
        "sg" }
        layer { name: "am" type: "ArgMax" bottom: "re" top: "am" }
        """,
    ];

    /// <summary>The readers.</summary>
    public static IReadOnlyList<FuzzReader> All { get; } =
    [
        new()
        {
            Name = "caffemodel",
            FileName = "input.caffemodel",
            Seeds = folder =>
            [
                Snapshot(folder, false, (format, stream) => format.WriteWeights(Weighted, true, stream)),
                .. DefinitionSeeds.Nets().Select(MessageBytes.Of),
                .. BlobSeeds.Nets().Select(net => net.ToByteArray()),
            ],
            Read = Weights,
            Message = NetParameter.Descriptor,
            Words = ["conv", "relu", "bn", "data"],
        },
        new()
        {
            Name = "solverstate",
            FileName = "input.solverstate",
            Seeds = folder => [Snapshot(folder, false, WriteState)],
            Read = ReadState,
            Message = SolverState.Descriptor,
        },
        new()
        {
            Name = "hdf5-weights",
            FileName = "input.caffemodel.h5",
            Seeds = folder => [Snapshot(folder, true, (format, stream) => format.WriteWeights(Weighted, true, stream))],
            Read = Weights,
            Numbers = SizePlaces.OfHdf5,
            BoundsMemory = false,
            Longest = 1 << 16,
        },
        new()
        {
            Name = "hdf5-state",
            FileName = "input.solverstate.h5",
            Seeds = folder => [Snapshot(folder, true, WriteState)],
            Read = ReadState,
            Numbers = SizePlaces.OfHdf5,
            BoundsMemory = false,
            Longest = 1 << 16,
        },
        new()
        {
            Name = "safetensors",
            FileName = "input.safetensors",
            Seeds = folder => [Named(folder, "w.safetensors"), .. SafetensorsSeeds.All],
            Read = Weights,
            Inside = SafetensorsSeeds.Damage,
            Words =
            [
                "\"dtype\":\"F32\"", "\"BF16\"", "\"I64\"", "\"shape\":[1]", "\"data_offsets\":[0,4]", "__metadata__",
                "{", "}", "[", "]",
                ",", ":", "conv.weight", "\\ud800", "\\u0000",
            ],
        },
        new()
        {
            Name = "npz",
            FileName = "input.npz",
            Seeds = folder => [Named(folder, "w.npz"), NpzSeeds.Pack(Named(folder, "w.npz"))],
            Read = Weights,
            Inside = NpzSeeds.Damage,
            Unpacked = input => MostPacked * input.Length,
            Words = ["PK\u0001\u0002", "PK\u0003\u0004", "PK\u0005\u0006", "PK\u0006\u0006", "PK\u0006\u0007",
                .. ArrayReaders.NpyWords],
        },
        new()
        {
            Name = "mean",
            FileName = "input.binaryproto",
            Seeds = _ => BlobSeeds.Means().Select(mean => mean.ToByteArray()),
            Read = path => MeanFile.Read(path, out _),
            Message = BlobProto.Descriptor,
        },
        new()
        {
            Name = "onnx",
            FileName = "input.onnx",
            Seeds = folder => OnnxNets.Select(net => Written(folder, "net.onnx", path => Export(net, path))),
            Read = path => NetImport.LoadOnnx(path),
            Message = ModelProto.Descriptor,
            Words = OnnxWords(),
            Longest = 1 << 15,
        },
    ];

    private static string[] OnnxWords() =>
    [
        .. OperatorImports.Types.Order(StringComparer.Ordinal), "axis", "axes", "perm", "pads", "strides",
        "kernel_shape",
        "dilations", "group", "value", "to", "epsilon", "alpha", "beta", "keepdims", "auto_pad", "SAME_UPPER",
        "ceil_mode", "mode",
        "split", "x", "c_weight", "location", "offset", "length", "ai.onnx.ml", "output_shape", "transB",
        "count_include_pad",
        "allowzero", "coordinate_transformation_mode",
    ];

    private static byte[] Snapshot(string folder, bool isHdf5, Action<ISnapshotFormat, Stream> write) => Written(
        folder,
        "snapshot",
        path =>
        {
            using FileStream stream = File.Create(path);
            write(
                SnapshotFormats.Of(isHdf5
                    ? SolverParameter.Types.SnapshotFormat.Hdf5
                    : SolverParameter.Types.SnapshotFormat.Binaryproto),
                stream);
        });

    private static void WriteState(ISnapshotFormat format, Stream stream) =>
        format.WriteState(State, [new SeedArray(2, 1, 3, 3), new SeedArray(2)], stream);

    private static byte[] Named(string folder, string name) => Written(
        folder,
        name,
        path => NamedArrayFiles.Write(
            path, [new("conv.weight", new SeedArray(2, 1, 3, 3)), new("conv.bias", new SeedArray(2))],
                [("format", "pt")]));

    private static void Export(string text, string path)
    {
        using var pool = new WorkerPool(1);
        using Net net = Net.Build(
            new NetDefinition(TextFormat.Parse<NetParameter>(text, "seed")), new NetOptions { Pool = pool });
        net.ExportOnnx(path, new OnnxOptions { Check = OnnxCheckChoice.Never });
    }

    private static void Weights(string path)
    {
        using WeightsFile file = WeightsFile.Open(path);
        foreach (StoredBlob blob in file.Layers.SelectMany(layer => layer.Blobs).OfType<StoredBlob>())
        {
            Numbers(blob);
        }
    }

    private static void ReadState(string path)
    {
        using StateFile file = StateFile.Open(path);
        foreach (StoredBlob blob in file.History)
        {
            Numbers(blob);
        }
    }

    // A net copies the numbers only into arrays of the same count, so a file that claims more than it holds costs
    // nothing there.
    private static void Numbers(StoredBlob blob)
    {
        if (blob.Data.Count > MostNumbers)
        {
            return;
        }

        var values = new float[blob.Data.Count];
        _ = (blob.ShapeText, blob.Fits([1]));
        blob.Data.Verify();
        blob.Data.CopyTo(values);
        if (blob.Diff is { } diff && diff.Count == blob.Data.Count)
        {
            diff.CopyTo(values);
        }
    }
}

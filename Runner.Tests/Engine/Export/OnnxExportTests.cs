using System.Globalization;
using Cnn.Engine.Classification;
using Cnn.Engine.Export;
using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Engine.Import;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats.Onnx;
using Cnn.Tests.Engine.Graph;
using Google.Protobuf;

namespace Cnn.Tests.Engine.Export;

/// <summary>The options of the ONNX export, and its check.</summary>
[Trait("Category", "Unit")]
public sealed class OnnxExportTests : IDisposable
{
    private const double Tolerance = 1e-5;

    private const string Image = """
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 6 dim: 5 } } }

        """;

    private const string Normalized = Image + """
        layer { name: "conv" type: "Convolution" bottom: "x" top: "conv" convolution_param { num_output: 4
          kernel_size: 3 bias_term: false } }
        layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "conv" }
        layer { name: "scale" type: "Scale" bottom: "conv" top: "conv" scale_param { bias_term: true } }
        layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
        layer { name: "ip" type: "InnerProduct" bottom: "conv" top: "ip" inner_product_param { num_output: 3 } }
        """;

    private readonly TemporaryFolder folder = new();
    private readonly WorkerPool pool = new(1);

    public void Dispose()
    {
        folder.Dispose();
        pool.Dispose();
    }

    [Fact]
    public void FoldingPutsTheNormalizationIntoTheConvolution()
    {
        using Net net = Build(Normalized);

        Assert.Equal(["Conv", "BatchNormalization", "Relu", "Flatten", "Gemm"], Operators(net, new OnnxOptions()));
        Assert.Equal(["Conv", "Relu", "Flatten", "Gemm"], Operators(net, new OnnxOptions { Folds = true }));
    }

    [Fact]
    public void WhatAnotherLayerReadsIsNotFolded()
    {
        using Net net = Build(Image + """
            layer { name: "conv" type: "Convolution" bottom: "x" top: "conv" convolution_param { num_output: 4
              kernel_size: 3 } }
            layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "bn" }
            layer { name: "scale" type: "Scale" bottom: "bn" top: "scale" }
            layer { name: "sigmoid" type: "Sigmoid" bottom: "bn" top: "sigmoid" }
            """);

        Assert.Equal(["Conv", "BatchNormalization", "Mul", "Sigmoid"], Operators(net, new OnnxOptions()));
        Assert.Equal(["Conv", "Mul", "Sigmoid"], Operators(net, new OnnxOptions { Folds = true }));
    }

    [Fact]
    public void TheCustomDomainTakesTheLayersThatOnnxLacks()
    {
        using Net net = Build("""
            layer { name: "x" type: "Input" top: "x" top: "rois" input_param {
              shape { dim: 2 dim: 8 dim: 6 dim: 5 } shape { dim: 2 dim: 5 } } }
            layer { name: "pool" type: "PSROIPooling" bottom: "x" bottom: "rois" top: "pool" psroi_pooling_param {
              spatial_scale: 0.5 output_dim: 2 group_size: 2 } }
            layer { name: "relu" type: "ReLU" bottom: "pool" top: "relu" }
            """);
        string path = folder["net.onnx"];

        var refusal = Assert.Throws<CnnException>(() => net.ExportOnnx(path));
        OnnxReport report = net.ExportOnnx(path, new OnnxOptions { UsesCustomDomain = true });

        Assert.Contains(
            "net:3:1: layer 'pool': a PSROIPooling layer cannot be exported to ONNX: ONNX has no such operation",
            refusal.Message,
            StringComparison.Ordinal);
        Assert.Equal(0, report.CheckedInputs);
        ModelProto model = OnnxRules.Require(path);
        NodeProto node = model.Graph.Node[0];
        Assert.Equal(("cnn", "PSROIPooling", "pool"), (node.Domain, node.OpType, node.Output[0]));
        Assert.Equal(["x", "rois"], node.Input);
        Assert.Equal(
            ["spatial_scale=0.5,0", "output_dim=0,2", "group_size=0,2"],
            node.Attribute.Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.Name}={a.F},{a.I}")));
        Assert.Equal(1, model.OpsetImport.Single(o => o.Domain == "cnn").Version);
        Assert.Equal("Relu", model.Graph.Node[1].OpType);
    }

    [Fact]
    public void TheCustomDomainTakesTheLayersOfPlugins()
    {
        using Net net = ModelNets.Build("plugin-layer/snake_train_test.prototxt", "", pool, folder.Path);
        string path = folder["net.onnx"];

        net.ExportOnnx(path, new OnnxOptions { UsesCustomDomain = true });

        NodeProto node = OnnxRules.Require(path).Graph.Node.Single(n => n.Domain == "cnn");
        Assert.Equal("Snake", node.OpType);
        Assert.Equal(["hidden", "snake.blob0"], node.Input);
        Assert.Equal(
            ["plugin_param=alpha: 0.5 learned: true"],
            node.Attribute.Select(a => $"{a.Name}={string.Join(' ', a.S.ToStringUtf8().Split('\n'))}".Trim()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PreprocessingTakesPlainImages(bool isImageMean)
    {
        using Net net = Build(Normalized);
        InputMean mean = InputMean.OfChannels(104, 117, 123);
        if (isImageMean)
        {
            var image = new BlobProto { Channels = 3, Height = 6, Width = 5, Num = 1 };
            image.Data.Add(Enumerable.Range(0, 90).Select(i => 100f + i));
            File.WriteAllBytes(folder["mean.binaryproto"], image.ToByteArray());
            mean = InputMean.Parse(folder["mean.binaryproto"]);
        }

        var random = new Random(3);
        float[] rgb = [.. Enumerable.Range(0, 180).Select(_ => (float)random.Next(256))];
        string path = folder["net.onnx"];

        OnnxReport report = net.ExportOnnx(path, new OnnxOptions
        {
            Check = OnnxCheckChoice.Always,
            Preprocessing = new OnnxPreprocessing { Mean = mean, Scale = 0.017f, SwapsChannels = true },
        });

        Assert.InRange(report.GreatestDifference, 0, Tolerance);
        OnnxRules.Require(path);

        // What Caffe's transform_param does: (BGR - mean) scale.
        Span<float> bgr = net.FindBlob("x").Data;
        for (int i = 0; i < bgr.Length; i++)
        {
            int item = i / 90, channel = i / 30 % 3, at = i % 30;
            float subtracted = isImageMean ? 100 + (i % 90) : channel == 0 ? 104 : channel == 1 ? 117 : 123;
            bgr[i] = (rgb[(item * 90) + ((2 - channel) * 30) + at] - subtracted) * 0.017f;
        }

        net.Forward();
        using var session = new OnnxRun(path);
        GoldenCase.RequireClose(
            "ip", net.FindBlob("ip").Data.ToArray(), session.Run([("x", [2, 3, 6, 5], rgb)])["ip"].Values, Tolerance);
    }

    [Fact]
    public void AModelThatOneMessageCannotHoldHasItsWeightsBesideIt()
    {
        using Net net = Build(Normalized.Replace("num_output: 3 ", "num_output: 300 ", StringComparison.Ordinal));
        Dictionary<string, float[]> given = ExportRun.Forward(net);
        OnnxExport export = OnnxExporter.Export(net, new OnnxOptions());
        long bytes = export.Weights.Sum(w => w.Bytes) + export.Model.CalculateSize();
        string path = folder["net.onnx"], data = folder["net.onnx.data"];

        OnnxWriter.Write(path, export.Model, export.Weights, largest: bytes);
        Assert.False(File.Exists(data));
        OnnxWriter.Write(path, export.Model, export.Weights, largest: bytes - 1);

        Assert.True(new FileInfo(path).Length < 4096);
        Assert.True(new FileInfo(data).Length >= 4 * 4 * 12 * 300);
        OnnxRules.Require(path);
        using var session = new OnnxRun(path);
        float[] actual = session.Run([("x", [2, 3, 6, 5], given["x"])])["ip"].Values;
        GoldenCase.RequireClose("ip", net.FindBlob("ip").Data.ToArray(), actual, Tolerance);
        using Net back = NetImport.LoadOnnx(path).Build(new NetOptions { Pool = pool });
        Assert.Equal(
            net.FindLayer("ip").Parameters[0].Data.ToArray(), back.FindLayer("ip").Parameters[0].Data.ToArray());
    }

    [Theory]
    [InlineData("conv.weight", "blob 'conv' of layer 'conv' (Convolution)")]
    [InlineData("scale.weight", "blob 'conv' of layer 'scale' (Scale)")]
    [InlineData("ip.bias", "blob 'ip' of layer 'ip' (InnerProduct)")]
    public void TheCheckNamesTheFirstBlobThatDiffers(string weight, string blame)
    {
        foreach (bool isExternal in (bool[])[false, true])
        {
            using Net net = Build(Normalized);
            OnnxExport export = OnnxExporter.Export(net, new OnnxOptions());
            OnnxWeight broken = export.Weights.Single(w => w.Name == weight);
            float[] values = broken.Values().ToArray();
            values[0] += 1;
            string path = folder["net.onnx"];
            OnnxWriter.Write(
                path,
                export.Model,
                [.. export.Weights.Select(w => w == broken ? w with { Values = () => values } : w)],
                isExternal);

            var difference = Assert.Throws<CnnException>(
                () => new OnnxCheck(net, new OnnxOptions(), OnnxRuntimeLibrary.Find()!).Run(path, export));

            Assert.StartsWith(
                $"'{path}' differs from the net: {blame} by ", difference.Message, StringComparison.Ordinal);
            Assert.EndsWith(" of its largest value", difference.Message, StringComparison.Ordinal);
            Assert.False(File.Exists(path + ".check"));
            Assert.Equal([2, 3, 6, 5], net.FindBlob("x").Shape.ToArray());
        }
    }

    [Theory]
    [InlineData(Normalized)]
    [InlineData("""
        layer { name: "x" type: "Input" top: "x" top: "cont" input_param { shape { dim: 3 dim: 2 dim: 4 }
          shape { dim: 3 dim: 2 } } }
        layer { name: "lstm" type: "LSTM" bottom: "x" bottom: "cont" top: "lstm" recurrent_param { num_output: 3 } }
        """)]
    public void TheCheckLeavesTheNetAsItIs(string text)
    {
        using Net net = Build(text);
        net.Forward();
        float[][] states = [.. net.Layers.SelectMany(l => l.Layer.State).Select(s => s.Data.ToArray())];
        int[][] shapes = [.. net.Blobs.Values.Select(b => b.Shape.ToArray())];

        OnnxReport report = net.ExportOnnx(
            folder["net.onnx"], new OnnxOptions { Check = OnnxCheckChoice.Always });

        Assert.InRange(report.GreatestDifference, 0, Tolerance);
        Assert.Equal(shapes, net.Blobs.Values.Select(b => b.Shape.ToArray()));
        Assert.Equal(states, net.Layers.SelectMany(l => l.Layer.State).Select(s => s.Data.ToArray()));
    }

    [Fact]
    public void LossesGiveWhatTheyJudge()
    {
        using Net net = Build(Image + """
            layer { name: "y" type: "Input" top: "y" input_param { shape { dim: 2 } } }
            layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip" inner_product_param { num_output: 3 } }
            layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "y" top: "loss" }
            layer { name: "accuracy" type: "Accuracy" bottom: "ip" bottom: "y" top: "accuracy" }
            layer { name: "p" type: "Softmax" bottom: "ip" top: "p" }
            """);
        string path = folder["net.onnx"];

        OnnxReport report = net.ExportOnnx(path);

        Dictionary<string, float[]> given = ExportRun.Forward(net);

        Assert.Equal(["x"], report.Inputs);
        Assert.Equal(["p", "prob"], report.Outputs);
        OnnxRules.Require(path);
        using var session = new OnnxRun(path);
        var outputs = session.Run([("x", [2, 3, 6, 5], given["x"])]);
        GoldenCase.RequireClose("prob", net.FindBlob("p").Data.ToArray(), outputs["prob"].Values, Tolerance);
    }

    [Fact]
    public void EveryOperatorRunsAtEveryOpset()
    {
        // Cases that together have every operator that is written.
        var operators = new HashSet<string>();
        string[] cases =
        [
            .. GoldenFolders.Cases("layers").Concat(GoldenFolders.Cases("nets")).Select(c => c.Path).Where(path =>
            {
                int before = operators.Count;
                OfCase(path, new OnnxOptions(), (net, export) =>
                    operators.UnionWith(export.Model.Graph.Node.Select(n => n.OpType)));
                return operators.Count > before;
            }),
        ];
        Assert.InRange(operators.Count, 60, 100);
        for (int opset = OnnxOptions.LeastOpset; opset <= OnnxOptions.GreatestOpset; opset++)
        {
            var options = new OnnxOptions { Opset = opset };
            foreach (string path in cases)
            {
                OfCase(path, options, (net, export) =>
                {
                    Assert.Equal(options.Opset, export.Model.OpsetImport[0].Version);
                    Dictionary<string, float[]> given = ExportRun.Forward(net);
                    using var run = new ExportRun(folder, net, options);
                    run.Run(given, 1e-4);
                });
            }
        }
    }

    [Fact]
    public void TheItemsThatAFilterKeepsStayApart()
    {
        using Net net = Build(Filtered("dim: 0 dim: -1"));
        string path = folder["net.onnx"];
        net.ExportOnnx(path, new OnnxOptions { FixesBatch = true });
        float[] x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

        using var run = new OnnxRun(path);
        var (shape, values) = run.Run([("x", [3, 2, 2], x), ("chosen", [3], [0, 1, 1])])["flat"];

        Assert.Equal([2, 4], shape);
        Assert.Equal(x[4..], values);
    }

    [Fact]
    public void AShapeThatMixesTheItemsThatAFilterKeepsIsRefused()
    {
        using Net net = Build(Filtered("dim: 1 dim: -1"));

        var refusal = Assert.Throws<CnnException>(
            () => net.ExportOnnx(folder["net.onnx"], new OnnxOptions { FixesBatch = true }));

        Assert.Contains(
            "layer 'flat': a Reshape layer cannot be exported to ONNX: values decide on the shape of a bottom",
            refusal.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(23)]
    [InlineData(-1)]
    public void AnOpsetThatIsNotWrittenIsRefused(int opset)
    {
        using Net net = Build(Normalized);
        string path = folder["net.onnx"];

        var refusal = Assert.Throws<CnnException>(() => net.ExportOnnx(path, new OnnxOptions { Opset = opset }));

        Assert.Equal(
            $"opset {opset} is not supported; 13 to 22; 17 is read by nearly all programs", refusal.Message);
        Assert.False(File.Exists(path));
    }

    private static string Filtered(string shape) => $$"""
        layer { name: "x" type: "Input" top: "x" top: "chosen" input_param {
          shape { dim: 3 dim: 2 dim: 2 } shape { dim: 3 } } }
        layer { name: "filter" type: "Filter" bottom: "x" bottom: "chosen" top: "kept" }
        layer { name: "flat" type: "Reshape" bottom: "kept" top: "flat" reshape_param { shape { {{shape}} } } }
        """;

    // Nothing where the case cannot be exported.
    private void OfCase(string path, OnnxOptions options, Action<Net, OnnxExport> use)
    {
        var golden = new GoldenCase(path);
        using var written = new WrittenFile(golden);
        using Net net = Net.Build(golden.Definition, new NetOptions
        {
            Phase = Phase.Test, Level = golden.Level, Stages = golden.Stages, Pool = pool, BuildsQuietly = true,
        });
        golden.Apply(net, diffs: false, mayLack: true);
        OnnxExport export;
        try
        {
            export = OnnxExporter.Export(net, options);
        }
        catch (CnnException)
        {
            return;
        }

        use(net, export);
    }

    private string[] Operators(Net net, OnnxOptions options)
    {
        Dictionary<string, float[]> given = ExportRun.Forward(net);
        using var run = new ExportRun(folder, net, options);
        run.Run(given, Tolerance);
        return [.. run.Model.Graph.Node.Select(n => n.OpType)];
    }

    private Net Build(string text)
    {
        Net net = Net.Build(NetDefinition.Parse(text), new NetOptions { Phase = Phase.Test, Pool = pool });
        RandomValues.Fill(net);
        return net;
    }
}

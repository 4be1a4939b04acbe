using System.Globalization;
using System.Text;
using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;
using CsCheck;

namespace Cnn.Tests.Engine.Export;

/// <summary>Random windows and random nets agree with ONNX Runtime.</summary>
[Trait("Category", "Golden")]
public sealed class RandomExportTests : IDisposable
{
    private const int LayersOfOneFile = 25;

    private readonly TemporaryFolder folder = new();
    private readonly WorkerPool pool = new(1);

    public void Dispose()
    {
        folder.Dispose();
        pool.Dispose();
    }

    [Fact]
    public void AThousandPoolingsAgree()
    {
        Gen<string> pooling =
            from kernel in Gen.Int[1, 7]
            from stride in Gen.Int[1, kernel]
            from pad in Gen.Int[0, kernel - 1]
            from method in OneOf("MAX", "AVE")
            from rounding in OneOf("CEIL", "FLOOR")
            select string.Create(
                CultureInfo.InvariantCulture,
                $"type: 'Pooling' pooling_param {{ pool: {method} kernel_size: {kernel} stride: {stride} pad: {pad} "
                + $"round_mode: {rounding} }}");
        RequireAgreement(pooling, 1000, "dim: [2, 3, 13, 11]");
    }

    [Fact]
    public void ConvolutionsAndDeconvolutionsAgree()
    {
        Gen<string> convolution =
            from type in OneOf("Convolution", "Deconvolution")
            from kernel in Gen.Int[1, 4]
            from stride in Gen.Int[1, 3]
            from pad in Gen.Int[0, 2]
            from dilation in Gen.Int[1, 2]
            from parts in OneOf(1, 2, 4)
            from outputs in OneOf(4, 8)
            from bias in OneOf("true", "false")
            select string.Create(
                CultureInfo.InvariantCulture,
                $"type: '{type}' convolution_param {{ num_output: {outputs} kernel_size: {kernel} stride: {stride} "
                + $"pad: {pad} dilation: {dilation} group: {parts} bias_term: {bias} "
                + $"weight_filler {{ type: 'gaussian' std: 1 }} bias_filler {{ type: 'uniform' }} }}");
        RequireAgreement(convolution, 300, "dim: [2, 4, 12, 13]");
    }

    [Fact]
    public void NetsOfRandomLayersAgree()
    {
        var types = new HashSet<string>();
        foreach (string text in FixedSample.Draw(RandomNet.Gen, 300))
        {
            using Net net = Net.Build(NetDefinition.Parse(text), new NetOptions { Phase = Phase.Test, Pool = pool });
            RandomValues.Fill(net);
            types.UnionWith(net.Layers.Select(l => l.Type));
            try
            {
                Check(net);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{exception.Message} Of the net:\n{text}", exception);
            }
        }

        Assert.Superset(
            new HashSet<string>
            {
                "BatchNorm", "Concat", "Convolution", "Crop", "Deconvolution", "Dropout", "Eltwise", "Flatten",
                "InnerProduct", "LRN", "MVN", "Permute", "Pooling", "Power", "PReLU", "Reduction", "ReLU", "Reshape",
                "Scale", "Sigmoid", "Slice", "Softmax", "TanH",
            },
            types);
    }

    // Many layers over one input go into one file, so that a case costs little.
    private void RequireAgreement(Gen<string> layers, int count, string shape)
    {
        string input = $"layer {{ name: 'x' type: 'Input' top: 'x' input_param {{ shape {{ {shape} }} }} }}";
        foreach (string[] all in FixedSample.Draw(layers, 2 * count)
            .Select((layer, i) => $"layer {{ name: 'l{i}' bottom: 'x' top: 'y{i}' {layer} }}\n")
            .Where(layer => IsValid(input + layer)).Take(count).Chunk(LayersOfOneFile))
        {
            count -= all.Length;
            var text = new StringBuilder(input).AppendJoin("", all);
            using Net net = Net.Build(
                NetDefinition.Parse(text.ToString()), new NetOptions { Phase = Phase.Test, Pool = pool });
            RandomValues.Fill(net);
            Check(net);
        }

        Assert.Equal(0, count);
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    // A window can be too large for the input, or lie outside it.
    private static bool IsValid(string text)
    {
        try
        {
            using Net net = Net.Build(NetDefinition.Parse(text));
            OnnxExporter.Export(net, new OnnxOptions());
            return true;
        }
        catch (CnnException)
        {
            return false;
        }
    }

    private void Check(Net net)
    {
        Dictionary<string, float[]> given = ExportRun.Forward(net);
        using var run = new ExportRun(folder, net);
        run.Run(given, 1e-5);
        if (run.IsOpen)
        {
            run.RunFirst(given, 1e-5);
        }
    }
}

using System.Globalization;
using Cnn.Engine.Export;
using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Proto;
using CsCheck;

namespace Cnn.Tests.Engine.Export;

/// <summary>Random windows agree with ONNX Runtime.</summary>
[Trait("Category", "Golden")]
public sealed class RandomExportTests : IDisposable
{
    private const int NetsOfOneFile = 25;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

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

    // Many layers over one input go into one file, so that a case costs little.
    private void RequireAgreement(Gen<string> layers, int count, string shape)
    {
        int cases = 0;
        layers.Array[NetsOfOneFile].Sample(
            all =>
            {
                var text = new System.Text.StringBuilder(
                    $"layer {{ name: 'x' type: 'Input' top: 'x' input_param {{ shape {{ {shape} }} }} }}");
                for (int i = 0; i < all.Length; i++)
                {
                    string layer = $"layer {{ name: 'l{i}' bottom: 'x' top: 'y{i}' {all[i]} }}\n";
                    if (IsValid(text.ToString().Split('\n')[0] + layer))
                    {
                        text.Append(layer);
                        cases++;
                    }
                }

                Check(text.ToString());
            },
            iter: (count / NetsOfOneFile) + (count / 100),
            threads: 1);
        Assert.True(cases >= count, $"{cases} cases");
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    // A window can be too large for the input, or lie outside it.
    private static bool IsValid(string text)
    {
        try
        {
            using Net net = Net.Build(NetDefinition.Parse(text.Replace("\n", " ", StringComparison.Ordinal)));
            OnnxExporter.Export(net, new OnnxOptions());
            return true;
        }
        catch (CnnException)
        {
            return false;
        }
    }

    private void Check(string text)
    {
        using Net net = Net.Build(NetDefinition.Parse(text));
        OnnxReport report = net.ExportOnnx(folder["net.onnx"], new OnnxOptions { Check = OnnxCheckChoice.Always });
        Assert.InRange(report.GreatestDifference, 0, 1e-5);
    }
}

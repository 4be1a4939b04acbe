using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Graph;

/// <summary>A net whose layers do the work of those after them computes what it does layer by layer.</summary>
public sealed class TrainingPlanTests
{
    private const string Scale = "scale_param { bias_term: true filler { type: 'uniform' min: 0.5 max: 2 } "
        + "bias_filler { type: 'uniform' min: -1 max: 1 } }";

    private const string Frozen = "param { lr_mult: 0 } param { lr_mult: 0 }";

    // The layers between conv1 and conv2, which read and write 'a'.
    public static TheoryData<string, string> Chains => new()
    {
        { InPlace("BatchNorm") + InPlace("Scale", Scale) + InPlace("ReLU"), "Scale ReLU" },
        { InPlace("BatchNorm") + InPlace("Scale", Scale), "Scale" },
        { InPlace("BatchNorm") + InPlace("ReLU"), "ReLU" },
        { InPlace("BatchNorm") + InPlace("Scale", "scale_param { filler { value: -0.7 } }"), "Scale" },
        {
            InPlace("BatchNorm") + InPlace("Scale", Scale) + InPlace("ReLU", "relu_param { negative_slope: 0.2 }"),
            "Scale ReLU"
        },
        { InPlace("BatchNorm") + InPlace("Scale", Frozen + Scale) + InPlace("ReLU"), "Scale ReLU" },
        {
            InPlace("BatchNorm") + InPlace("Scale", "param { lr_mult: 0 } param { lr_mult: 1 }" + Scale)
                + InPlace("ReLU"),
            "Scale ReLU"
        },
        {
            InPlace("BatchNorm", "batch_norm_param { scale_bias: true scale_filler { value: 0.3 } }")
                + InPlace("ReLU"),
            "ReLU"
        },
        { InPlace("BatchNorm", Global) + InPlace("Scale", Scale) + InPlace("ReLU"), "Scale ReLU" },
        { InPlace("BatchNorm", Global) + InPlace("Scale", Frozen + Scale) + InPlace("ReLU"), "Scale ReLU" },
        {
            InPlace("BatchNorm", Global) + InPlace("Scale", "param { lr_mult: 0 } param { lr_mult: 1 }" + Scale)
                + InPlace("ReLU", "relu_param { negative_slope: 0.2 }"),
            "Scale ReLU"
        },
        {
            InPlace("BatchNorm") + InPlace("Scale", Scale) + InPlace("ReLU") + InPlace("Dropout"),
            "Scale ReLU"
        },
        {
            InPlace("BatchNorm") + "layer { name: 'p' type: 'Power' bottom: 'a' top: 'side' }"
                + "layer { name: 's' type: 'Eltwise' bottom: 'a' bottom: 'side' top: 'sum' "
                + "eltwise_param { coeff: 0.5 coeff: -2 } }"
                + "layer { name: 'r' type: 'ReLU' bottom: 'sum' top: 'sum' relu_param { negative_slope: 0.1 } }"
                + "layer { name: 'n' type: 'BatchNorm' bottom: 'sum' top: 'apart' }"
                + "layer { name: 'sc' type: 'Scale' bottom: 'apart' top: 'apart' " + Scale + " }"
                + "layer { name: 'r2' type: 'ReLU' bottom: 'apart' top: 'apart' }"
                + "layer { name: 'c' type: 'Power' bottom: 'apart' top: 'b' }",
            "r sc r2"
        },
        {
            "layer { name: 'sh' type: 'BatchNorm' bottom: 'a' top: 'a' }"
                + "layer { name: 's1' type: 'Scale' bottom: 'a' top: 'a' param { name: 's' } param { name: 'b' } "
                + Scale + " } layer { name: 'again' type: 'BatchNorm' bottom: 'a' top: 'a' }"
                + "layer { name: 's2' type: 'Scale' bottom: 'a' top: 'a' param { name: 's' } param { name: 'b' } "
                + Scale + " }",
            "s1 s2"
        },
    };

    // Chains of which nothing is taken in, or not the last layer.
    public static TheoryData<string, string> Broken => new()
    {
        { InPlace("BatchNorm") + InPlace("Scale", "scale_param { axis: 0 }") + InPlace("ReLU"), "" },
        { InPlace("BatchNorm") + InPlace("Scale", "scale_param { num_axes: 0 }"), "" },
        { InPlace("BatchNorm") + InPlace("Scale", "scale_param { num_axes: 2 }"), "" },
        { InPlace("BatchNorm") + InPlace("Scale", "scale_param { num_axes: -1 }"), "" },
        { InPlace("BatchNorm") + InPlace("Scale") + InPlace("Scale"), "Scale" },
        { InPlace("BatchNorm") + InPlace("Scale") + InPlace("ReLU", "relu_param { relu6: true }"), "Scale" },
        { InPlace("BatchNorm") + InPlace("Scale", "propagate_down: false"), "" },
        { InPlace("BatchNorm") + "layer { name: 'r' type: 'ReLU' bottom: 'a' top: 'b' }", "" },
        { InPlace("BatchNorm", "batch_norm_param { scale_bias: true }") + InPlace("Scale"), "" },
        {
            "layer { name: 'p' type: 'Power' bottom: 'a' top: 'side' }"
                + "layer { name: 's' type: 'Eltwise' bottom: 'a' bottom: 'side' top: 'b' "
                + "eltwise_param { operation: MAX } } layer { name: 'r' type: 'ReLU' bottom: 'b' top: 'b' }",
            ""
        },
    };

    private static string Global => "batch_norm_param { use_global_stats: true }";

    [Theory]
    [MemberData(nameof(Chains))]
    [MemberData(nameof(Broken))]
    [Trait("Category", "Unit")]
    public void LayersThatFollowInPlaceAreTakenIn(string chain, string takenIn)
    {
        using Net net = Build(chain);
        Assert.Equal(takenIn, string.Join(' ', net.Layers.Where(l => l.IsFolded).Select(l => l.Name)));
    }

    [Theory]
    [MemberData(nameof(Chains))]
    [MemberData(nameof(Broken))]
    [Trait("Category", "Unit")]
    public void TheValuesAndGradientsAreThoseOfLayersThatRunAlone(string chain, string takenIn)
    {
        using Net fused = Build(chain), alone = Build(chain);
        alone.RunsLayersAlone = true;
        foreach (Net net in (Net[])[fused, alone])
        {
            // Statistics that use_global_stats can use.
            foreach (NetLayer layer in net.Layers.Where(l => l.Type == "BatchNorm"))
            {
                Fill(layer.Parameters[0].Data, 3);
                layer.Parameters[1].Data.Fill(0.8f);
                layer.Parameters[2].Data.Fill(1);
            }

            // Two passes, whose gradients add up.
            for (int pass = 0; pass < 2; pass++)
            {
                Fill(net.FindBlob("data").Data, pass + 1);
                net.Forward();
                net.Backward();
            }
        }

        Assert.Equal(takenIn.Length > 0, fused.Layers.Any(l => l.IsFolded));
        Assert.DoesNotContain(alone.Layers, l => l.IsFolded);
        foreach (var (name, blob) in alone.Blobs)
        {
            AssertClose(blob.Data, fused.Blobs[name].Data, name);
            AssertClose(blob.Diff, fused.Blobs[name].Diff, $"the gradient of {name}");
        }

        for (int i = 0; i < alone.Learnable.Count; i++)
        {
            AssertClose(alone.Learnable[i].Blob.Data, fused.Learnable[i].Blob.Data, $"parameter {i}");
            AssertClose(alone.Learnable[i].Blob.Diff, fused.Learnable[i].Blob.Diff, $"the gradient of parameter {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Chains))]
    [Trait("Category", "Unit")]
    public void AnyNumberOfThreadsGivesTheSameBits(string chain, string takenIn)
    {
        Assert.NotEmpty(takenIn);
        float[][]? first = null;
        foreach (int threads in (int[])[1, 2, 3])
        {
            using var pool = new WorkerPool(threads);
            using Net net = Build(chain, pool);
            net.Forward();
            net.Backward();
            float[][] gradients = [.. net.Learnable.Select(p => p.Blob.Diff.ToArray())];
            Assert.Equal(first ??= gradients, gradients);
        }
    }

    [Theory]
    [MemberData(nameof(Chains))]
    [Trait("Category", "Unit")]
    public void APassAllocatesNothing(string chain, string takenIn)
    {
        using Net net = Build(chain);
        Assert.Equal(takenIn.Split(' ').Length, net.Layers.Count(l => l.IsFolded));
        Assert.Equal(0, Allocations.OnThisThread(() =>
        {
            net.Forward();
            net.Backward();
        }));
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void TheGradientOfAChainIsThatOfTheFunction()
    {
        // A slope near 1, as the difference is wrong where a value crosses the rectifier's 0 within a step.
        using Net net = Build(
            InPlace("BatchNorm", "batch_norm_param { eps: 0.1 }") + InPlace("Scale", Scale)
            + InPlace("ReLU", "relu_param { negative_slope: 0.9 }"));
        net.Forward();
        net.Backward();
        NetLayer scale = net.FindLayer("Scale"), convolution = net.FindLayer("conv1");
        foreach (Blob blob in (Blob[])[scale.Parameters[0], scale.Parameters[1], convolution.Parameters[0]])
        {
            float[] gradient = blob.Diff.ToArray();
            for (int i = 0; i < blob.Count; i++)
            {
                const float Step = 3e-3f;
                float value = blob.Data[i];
                blob.Data[i] = value + Step;
                double above = Loss();
                blob.Data[i] = value - Step;
                double below = Loss();
                blob.Data[i] = value;
                double difference = (above - below) / (2 * Step);
                Assert.Equal(difference, gradient[i], 1e-2 * Math.Max(1, Math.Abs(difference)));
            }
        }

        // In double, as the rounding of a loss in float is too much for the difference.
        double Loss()
        {
            net.Forward();
            Blob target = net.FindBlob("target");
            double sum = 0;
            for (int i = 0; i < target.Count; i++)
            {
                double off = (double)net.FindBlob("conv2").Data[i] - target.Data[i];
                sum += off * off;
            }

            return sum / (2 * target.Dim(0));
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void WithDebugInfoEachLayerShowsWhatItComputes()
    {
        using Net net = Build(InPlace("BatchNorm") + InPlace("Scale", Scale) + InPlace("ReLU"));
        net.DebugInfo = true;
        foreach (NetLayer layer in net.Layers)
        {
            net.ForwardLayer(layer);
            Assert.False(layer.IsFolded, $"{layer.Name} is taken in");
            bool hasNegative = net.FindBlob("conv1").Data.ToArray().Any(value => value < 0);
            Assert.True(hasNegative || layer.Name is "data" or "target" or "ReLU" or "conv2" or "loss", layer.Name);
        }

        net.Backward();
        float[] gradient = net.Learnable[0].Blob.Diff.ToArray();
        (net.DebugInfo, net.RunsLayersAlone) = (false, false);
        net.ClearParameterDiffs();
        net.Forward();
        net.Backward();
        Assert.Equal(2, net.Layers.Count(l => l.IsFolded));
        AssertClose(gradient, net.Learnable[0].Blob.Diff, "the gradient");
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AChainMovesTheBytesOfOneLayer()
    {
        using Net net = Build(InPlace("BatchNorm") + InPlace("Scale", Scale) + InPlace("ReLU"));
        Assert.Equal(2 * sizeof(float) * net.FindBlob("conv1").Count, net.FindLayer("BatchNorm").BytesMoved(false));
        Assert.Equal(0, net.FindLayer("ReLU").BytesMoved(isBackward: true));
    }

    private static Net Build(string chain, WorkerPool? pool = null)
    {
        string last = chain.Contains("top: 'b'", StringComparison.Ordinal) ? "b" : "conv1";
        string text = $$"""
            force_backward: true
            layer { name: 'data' type: 'Input' top: 'data' input_param { shape { dim: 4 dim: 3 dim: 7 dim: 7 } } }
            layer { name: 'target' type: 'Input' top: 'target' input_param { shape { dim: 4 dim: 2 dim: 3 dim: 3 } } }
            layer { name: 'conv1' type: 'Convolution' bottom: 'data' top: 'conv1'
              convolution_param { num_output: 5 kernel_size: 3 bias_term: false
                weight_filler { type: 'gaussian' std: 0.5 } } }
            {{chain.Replace("'a'", "'conv1'", StringComparison.Ordinal)}}
            layer { name: 'conv2' type: 'Convolution' bottom: '{{last}}' top: 'conv2'
              convolution_param { num_output: 2 kernel_size: 3 weight_filler { type: 'gaussian' std: 0.5 } } }
            layer { name: 'loss' type: 'EuclideanLoss' bottom: 'conv2' bottom: 'target' top: 'loss' }
            """;

        // Frozen layers stay so.
        if (chain.Contains("lr_mult", StringComparison.Ordinal)
            || chain.Contains("propagate", StringComparison.Ordinal))
        {
            text = text.Replace("force_backward: true", "", StringComparison.Ordinal);
        }

        Net net = Net.Build(
            NetDefinition.Parse(text.Replace('\'', '"')), new NetOptions { Phase = Phase.Train, Pool = pool });
        Fill(net.FindBlob("data").Data, 1);
        Fill(net.FindBlob("target").Data, 2);
        return net;
    }

    private static string InPlace(string type, string more = "") =>
        $"layer {{ name: '{type}' type: '{type}' bottom: 'a' top: 'a' {more} }}\n";

    private static void Fill(Span<float> values, int seed) =>
        Cnn.Tests.Layers.LayerHarness.Fill(values, (ulong)seed);

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        float largest = 1e-3f;
        foreach (float value in expected)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= 1e-5f * largest,
                $"{what}: value {i} is {actual[i]}, not {expected[i]}");
        }
    }
}

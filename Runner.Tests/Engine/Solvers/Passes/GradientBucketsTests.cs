using Cnn.Engine.Graph;
using Cnn.Engine.Solvers.Passes;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Solvers.Passes;

[Trait("Category", "Unit")]
public class GradientBucketsTests
{
    [Fact]
    public void BucketsFollowTheBackwardPass()
    {
        using Net net = Build();
        var buckets = GradientBuckets.Of(net, most: 30);

        // The shared parameters of a and b are complete when a, the first layer, has run backward.
        Assert.Equal(
            ["c.0+30", "c.0+10 c.1+8 a.0+12", "a.0+18 a.1+5"],
            buckets.Select(b => string.Join(' ', b.Segments.Select(s => Text(net, s)))));
        Assert.Equal(["c", "a", "a"], buckets.Select(b => net.Layers[b.Layer].Name));
        Assert.All(buckets, b => Assert.InRange(b.Count, 1, 30));
    }

    [Fact]
    public void TheLastBucketsAreHalvesOfWhatIsLeft()
    {
        using Net net = NetOf("""
            layer { name: 'in' type: 'DummyData' top: 'x' dummy_data_param { shape { dim: 1 dim: 1000 } } }
            layer { name: 'a' type: 'InnerProduct' bottom: 'x' top: 'a' inner_product_param { num_output: 400 } }
            layer { name: 'loss' type: 'Reduction' bottom: 'a' top: 'l' loss_weight: 1 }
            """);

        Assert.Equal([200_200, 100_100, 65_536, 34_564], GradientBuckets.Of(net).Select(b => b.Count));
        Assert.Equal([150_000, 125_200, 65_536, 59_664], GradientBuckets.Of(net, most: 150_000).Select(b => b.Count));
    }

    [Fact]
    public void ALayerThatDoesTheWorkOfAnotherCompletesItsGradients()
    {
        using Net net = NetOf("""
            layer { name: 'in' type: 'DummyData' top: 'x' dummy_data_param { shape { dim: 2 dim: 3 dim: 4 dim: 4 } } }
            layer { name: 'conv' type: 'Convolution' bottom: 'x' top: 'c'
              convolution_param { num_output: 2 kernel_size: 1 } }
            layer { name: 'norm' type: 'BatchNorm' bottom: 'c' top: 'c' }
            layer { name: 'scale' type: 'Scale' bottom: 'c' top: 'c' scale_param { bias_term: true } }
            layer { name: 'loss' type: 'Reduction' bottom: 'c' top: 'l' loss_weight: 1 }
            """);
        int[] layers = GradientBuckets.CompletingLayers(net);

        // The three blobs of norm and the two of scale.
        Assert.Equal(
            ["conv", "conv", "norm", "norm", "norm", "norm", "norm"], layers.Select(l => net.Layers[l].Name));
    }

    private static string Text(Net net, GradientSegment segment)
    {
        LearnableParameter parameter = net.Learnable[segment.Parameter];
        return $"{parameter.Owner.Name}.{parameter.Index}+{segment.Count}";
    }

    private static Net Build() => NetOf("""
        layer { name: 'in' type: 'DummyData' top: 'x' top: 'y'
          dummy_data_param { shape { dim: 2 dim: 6 } shape { dim: 2 dim: 6 } } }
        layer { name: 'a' type: 'InnerProduct' bottom: 'x' top: 'a' param { name: 'w' } param { name: 'v' }
          inner_product_param { num_output: 5 } }
        layer { name: 'b' type: 'InnerProduct' bottom: 'y' top: 'b' param { name: 'w' } param { name: 'v' }
          inner_product_param { num_output: 5 } }
        layer { name: 'frozen' type: 'InnerProduct' bottom: 'a' top: 'f' param { lr_mult: 0 } param { lr_mult: 0 }
          inner_product_param { num_output: 5 } }
        layer { name: 'sum' type: 'Eltwise' bottom: 'f' bottom: 'b' top: 's' }
        layer { name: 'c' type: 'InnerProduct' bottom: 's' top: 'c' inner_product_param { num_output: 8 } }
        layer { name: 'loss' type: 'Reduction' bottom: 'c' top: 'l' loss_weight: 1 }
        """);

    private static Net NetOf(string text) => Net.Build(
        new NetDefinition(TextFormat.Parse<NetParameter>(text, "net.prototxt"), new SourceMap()),
        new NetOptions { Phase = Phase.Train });
}

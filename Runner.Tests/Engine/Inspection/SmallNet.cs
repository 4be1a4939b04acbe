using Cnn.Engine.Graph;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Inspection;

/// <summary>Builds nets on an image of 4 x 4 that run backward down to it.</summary>
internal static class SmallNet
{
    /// <summary>A convolution with tanh, an inner product of three classes.</summary>
    public const string Scores =
        """
        layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
          convolution_param { num_output: 2 kernel_size: 3 weight_filler { type: "gaussian" std: 0.5 } } }
        layer { name: "tanh" type: "TanH" bottom: "conv" top: "conv" }
        layer { name: "ip" type: "InnerProduct" bottom: "conv" top: "ip"
          inner_product_param { num_output: 3 weight_filler { type: "gaussian" std: 0.5 } } }

        """;

    public const string Softmax = """layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }""";

    public static Net Build(string layers, int channels = 1)
    {
        Net net = Net.Build(
            NetDefinition.Parse(
                $$"""
                name: "Small"
                layer { name: "data" type: "Input" top: "data"
                  input_param { shape { dim: 1 dim: {{channels}} dim: 4 dim: 4 } } }
                {{layers}}
                """),
            new NetOptions { ForceBackward = true });
        Span<float> values = net.FindInput("data").Data;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = MathF.Sin(i + 1);
        }

        return net;
    }
}

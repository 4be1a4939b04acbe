using System.Globalization;
using CsCheck;

namespace Cnn.Tests.Engine.Export;

/// <summary>
/// Small nets of random layers that fit together: each takes a blob that is there, and some take several.
/// </summary>
internal sealed class RandomNet
{
    private const int MostLayers = 14;

    private static readonly string[] OwnValues =
        ["Convolution", "Deconvolution", "InnerProduct", "Pooling", "LRN", "BatchNorm", "Scale", "Eltwise", "ReLU"];

    private readonly int[] choices;
    private readonly List<string> layers = [];
    private readonly List<(string Name, int[] Shape)> blobs = [];
    private int next;

    private RandomNet(int[] choices)
    {
        this.choices = choices;
        int[] shape = [Pick(2) + 1, Pick(4) + 3, Pick(6) + 6, Pick(6) + 6];
        layers.Add($"layer {{ name: 'x' type: 'Input' top: 'x' input_param {{ shape {{ {Dims(shape)} }} }} }}");
        blobs.Add(("x", shape));
        int count = 4 + Pick(MostLayers - 3);
        while (layers.Count <= count)
        {
            Add();
        }
    }

    /// <summary>Nets as prototxt.</summary>
    public static Gen<string> Gen =>
        CsCheck.Gen.Int[0, 1 << 20].Array[MostLayers * 16]
            .Select(choices => string.Join('\n', new RandomNet(choices).layers));

    private int Pick(int count) => choices[next++ % choices.Length] % count;

    private T Of<T>(params T[] values) => values[Pick(values.Length)];

    private void Add()
    {
        // The newest blobs most of the time, so that nets are deep.
        var (x, shape) = blobs[^(1 + Math.Min(Pick(blobs.Count), Pick(blobs.Count)))];
        bool isImage = shape.Length == 4;
        switch (Pick(20))
        {
            case 0 when isImage:
                Window("Convolution", x, shape, Of(2, 4, 6));
                break;
            case 1 when isImage && shape[2] < 12 && shape[3] < 12:
                Window("Deconvolution", x, shape, Of(2, 4));
                break;
            case 2 when isImage:
                Pooling(x, shape);
                break;
            case 3:
                Unary(x, shape, Of("ReLU", "Sigmoid", "TanH", "AbsVal", "BNLL", "ELU", "Dropout", "PReLU", "Swish"));
                break;
            case 4:
                int outputs = Pick(8) + 2;
                Layer("InnerProduct", x, [shape[0], outputs], $"inner_product_param {{ num_output: {outputs} {Filler} "
                    + $"bias_term: {Of("true", "false")} }}");
                break;
            case 5 when isImage:
                Layer("LRN", x, shape, $"lrn_param {{ local_size: {Of(3, 5)} alpha: {Of("0.0001", "0.1")} beta: 0.75 "
                    + $"norm_region: {Of("ACROSS_CHANNELS", "WITHIN_CHANNEL")} }}");
                break;
            case 6 when isImage:
                Layer("BatchNorm", x, shape, "");
                if (Pick(3) > 0)
                {
                    Layer("Scale", blobs[^1].Name, shape, $"scale_param {{ bias_term: {Of("true", "false")} }}");
                }

                break;
            case 7 or 8:
                Eltwise(x, shape);
                break;
            case 9:
                Concat(x, shape);
                break;
            case 10 when shape[1] > 1:
                Slice(x, shape);
                break;
            case 11:
                Layer("Softmax", x, shape, $"softmax_param {{ axis: {Of(1, -1)} }}");
                break;
            case 12:
                Layer("Power", x, shape, $"power_param {{ power: {Of(1, 2, 1)} scale: {Of("0.5", "1", "-1")} "
                    + $"shift: {Of("0", "0.25")} }}");
                break;
            case 13 when isImage:
                Layer("Flatten", x, [shape[0], shape[1] * shape[2] * shape[3]], "");
                break;
            case 14 when isImage:
                Layer("Reshape", x, [shape[0], shape[1] * shape[2], shape[3]],
                    $"reshape_param {{ shape {{ dim: 0 dim: {shape[1] * shape[2]} dim: -1 }} }}");
                break;
            case 15 when isImage:
                Crop(x, shape);
                break;
            case 16:
                Layer("Scale", x, shape, "scale_param { bias_term: true }");
                break;
            case 17 when isImage:
                Layer("Permute", x, [shape[0], shape[2], shape[3], shape[1]],
                    "permute_param { order: 0 order: 2 order: 3 order: 1 }");
                break;
            case 18:
                Layer("MVN", x, shape, $"mvn_param {{ across_channels: {Of("true", "false")} eps: 0.01 }}",
                    isImage && shape[2] * shape[3] >= 9);
                break;
            case 19 when isImage:
                // Values of both signs would cancel, and leave rounding.
                Layer("Reduction", x, [shape[0], shape[1]],
                    $"reduction_param {{ axis: 2 operation: {Of("ASUM", "SUMSQ")} coeff: 0.1 }}");
                break;
            default:
                break;
        }
    }

    private static string Filler => "weight_filler { type: 'msra' } bias_filler { type: 'uniform' min: -0.5 max: 0.5 }";

    private void Window(string type, string x, int[] shape, int outputs)
    {
        int kernel = Pick(3) + 1, stride = Pick(2) + 1, pad = Pick(kernel), dilation = kernel > 1 ? Pick(2) + 1 : 1;
        int extent = (dilation * (kernel - 1)) + 1;
        int parts = shape[1] % 2 == 0 ? Of(1, 2) : 1;
        int height = Size(shape[2]), width = Size(shape[3]);
        if (height > 0 && width > 0)
        {
            Layer(type, x, [shape[0], outputs, height, width], $"convolution_param {{ num_output: {outputs} "
                + $"kernel_size: {kernel} stride: {stride} pad: {pad} dilation: {dilation} group: {parts} {Filler} }}");
        }

        int Size(int size) => type == "Deconvolution"
            ? (stride * (size - 1)) + extent - (2 * pad)
            : size + (2 * pad) < extent ? 0 : ((size + (2 * pad) - extent) / stride) + 1;
    }

    private void Pooling(string x, int[] shape)
    {
        if (Pick(4) == 0)
        {
            Layer("Pooling", x, [shape[0], shape[1], 1, 1],
                $"pooling_param {{ pool: {Of("MAX", "AVE")} global_pooling: true }}");
            return;
        }

        int kernel = Pick(3) + 2, stride = Pick(kernel) + 1, pad = Pick(kernel);
        if (shape[2] < kernel || shape[3] < kernel)
        {
            return;
        }

        Layer("Pooling", x, [shape[0], shape[1], Size(shape[2]), Size(shape[3])],
            $"pooling_param {{ pool: {Of("MAX", "AVE")} kernel_size: {kernel} stride: {stride} pad: {pad} }}");

        int Size(int size)
        {
            int count = ((size + (2 * pad) - kernel + stride - 1) / stride) + 1;
            return pad > 0 && (count - 1) * stride >= size + pad ? count - 1 : count;
        }
    }

    private void Unary(string x, int[] shape, string type)
    {
        // In place, where the blob has values of its own and no other layer reads them.
        bool isOwn = x == blobs[^1].Name
            && OwnValues.Any(own => layers[^1].Contains($"'{own}'", StringComparison.Ordinal));
        if (isOwn && type is not ("AbsVal" or "BNLL" or "Swish") && Pick(2) == 0)
        {
            layers.Add($"layer {{ name: '{Name()}' type: '{type}' bottom: '{x}' top: '{x}' }}");
            return;
        }

        Layer(type, x, shape, "");
    }

    private void Eltwise(string x, int[] shape)
    {
        string[] others = [.. blobs.Where(b => b.Shape.SequenceEqual(shape)).Select(b => b.Name)];
        string other = others[Pick(others.Length)], operation = Of("SUM", "PROD", "MAX");
        string factors = operation == "SUM" && Pick(2) == 0 ? "coeff: 1 coeff: -0.5" : "";
        Layer("Eltwise", $"{x}' bottom: '{other}", shape, $"eltwise_param {{ operation: {operation} {factors} }}");
    }

    private void Concat(string x, int[] shape)
    {
        (string Name, int[] Shape)[] others =
        [
            .. blobs.Where(b => b.Shape.Length == shape.Length && b.Shape.AsSpan(2).SequenceEqual(shape.AsSpan(2))
                && b.Shape[1] + shape[1] < 40),
        ];
        if (others.Length > 0)
        {
            var (name, other) = others[Pick(others.Length)];
            Layer("Concat", $"{x}' bottom: '{name}", [shape[0], shape[1] + other[1], .. shape[2..]], "");
        }
    }

    private void Slice(string x, int[] shape)
    {
        int point = 1 + Pick(shape[1] - 1);
        string name = Name(), first = $"{name}a", second = $"{name}b";
        layers.Add($"layer {{ name: '{name}' type: 'Slice' bottom: '{x}' top: '{first}' top: '{second}' "
            + $"slice_param {{ slice_point: {point} }} }}");
        blobs.Add((first, [shape[0], point, .. shape[2..]]));
        blobs.Add((second, [shape[0], shape[1] - point, .. shape[2..]]));
    }

    private void Crop(string x, int[] shape)
    {
        (string Name, int[] Shape)[] smaller =
        [
            .. blobs.Where(b => b.Shape.Length == 4 && b.Shape[2] <= shape[2] && b.Shape[3] <= shape[3]),
        ];
        var (name, size) = smaller[Pick(smaller.Length)];
        Layer("Crop", $"{x}' bottom: '{name}", [shape[0], shape[1], size[2], size[3]],
            $"crop_param {{ axis: 2 offset: {Pick(shape[2] - size[2] + 1)} offset: {Pick(shape[3] - size[3] + 1)} }}");
    }

    private void Layer(string type, string bottoms, int[] shape, string options, bool isValid = true)
    {
        if (isValid)
        {
            string name = Name();
            layers.Add($"layer {{ name: '{name}' type: '{type}' bottom: '{bottoms}' top: '{name}' {options} }}");
            blobs.Add((name, shape));
        }
    }

    private string Name() => string.Create(CultureInfo.InvariantCulture, $"b{layers.Count}");

    private static string Dims(int[] shape) => string.Join(' ', shape.Select(d => $"dim: {d}"));
}

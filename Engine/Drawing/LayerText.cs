using System.Globalization;
using Cnn.Proto;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Engine.Drawing;

/// <summary>The options of a layer that a reader of a drawing looks for, in a few words.</summary>
internal static class LayerText
{
    private const int MostOptions = 3, MostValues = 4;

    /// <summary>Describes a layer: <c>3×3, 64, stride 2, pad 1</c>; empty where nothing stands out.</summary>
    public static string Describe(LayerParameter layer)
    {
        List<string> words = [.. WordsOf(layer)];
        if (layer.LossWeight.Any(w => w is not 0 and not 1))
        {
            words.Add($"weight {string.Join("/", layer.LossWeight.Select(Number))}");
        }

        return string.Join(", ", words);
    }

    private static IEnumerable<string> WordsOf(LayerParameter layer) => layer switch
    {
        { ConvolutionParam: { } p } => OfConvolution(p),
        { PoolingParam: { } p } => OfPooling(p),
        { InnerProductParam: { } p } => [Whole(p.NumOutput)],
        { RecurrentParam: { } p } => [Whole(p.NumOutput)],
        { LrnParam: { } p } => [$"size {Whole(p.LocalSize)}"],
        { EltwiseParam: { } p } => OfEltwise(p),
        { DropoutParam: { } p } => [Number(p.DropoutRatio)],
        { ConcatParam: { Axis: not 1 } p } => [$"axis {p.Axis}"],
        { PermuteParam: { } p } => [string.Join(" ", p.Order.Select(o => Whole(o)))],
        { ReshapeParam.Shape: { } shape } => [string.Join("×", shape.Dim.Select(d => Number(d)))],
        { ReluParam: { NegativeSlope: not 0 } p } => [$"slope {Number(p.NegativeSlope)}"],
        { AccuracyParam: { TopK: > 1 } p } => [$"top {Whole(p.TopK)}"],
        { Type: "Eltwise" } => ["sum"],
        _ when layer.Type is "BatchNorm" or "Scale" or "Concat" or "Input" or "Bias" or "BN" or "DummyData" => [],
        _ when layer.Bottom.Count == 0 => [],
        _ => OfOthers(layer),
    };

    private static IEnumerable<string> OfConvolution(ConvolutionParameter p)
    {
        yield return Window(p.KernelSize, p.HasKernelH, p.KernelH, p.KernelW) ?? "1×1";
        yield return Whole(p.NumOutput);
        if (p.Group > 1)
        {
            yield return p.Group == p.NumOutput ? "depthwise" : $"group {Whole(p.Group)}";
        }

        foreach (string word in Steps(
            Pair(p.Stride, p.HasStrideH, p.StrideH, p.StrideW, 1), Pair(p.Pad, p.HasPadH, p.PadH, p.PadW, 0)))
        {
            yield return word;
        }

        if (Pair(p.Dilation, false, 1, 1, 1) is { } dilation)
        {
            yield return $"dilation {dilation}";
        }
    }

    private static IEnumerable<string> OfPooling(PoolingParameter p)
    {
        string method = p.Pool switch
        {
            PoolingParameter.Types.PoolMethod.Max => "max",
            PoolingParameter.Types.PoolMethod.Ave => "average",
            _ => "stochastic",
        };
        uint[] size = p.HasKernelSize ? [p.KernelSize] : [];
        string? window = p.GlobalPooling ? "global" : Window(size, p.HasKernelH, p.KernelH, p.KernelW);
        yield return window is null ? method : $"{method} {window}";
        if (p.GlobalPooling)
        {
            yield break;
        }

        foreach (string word in Steps(
            Pair([p.Stride], p.HasStrideH, p.StrideH, p.StrideW, 1), Pair([p.Pad], p.HasPadH, p.PadH, p.PadW, 0)))
        {
            yield return word;
        }
    }

    private static IEnumerable<string> OfEltwise(EltwiseParameter p)
    {
        yield return p.Operation switch
        {
            EltwiseParameter.Types.EltwiseOp.Prod => "product",
            EltwiseParameter.Types.EltwiseOp.Sum => "sum",
            EltwiseParameter.Types.EltwiseOp.Max => "maximum",
            _ => p.Operation.ToString().ToLowerInvariant(),
        };
        if (p.Coeff.Count > 0)
        {
            yield return $"by {string.Join(" ", p.Coeff.Take(MostValues).Select(c => Number(c)))}";
        }
    }

    private static IEnumerable<string> Steps(string? stride, string? pad)
    {
        if (stride is not null)
        {
            yield return $"stride {stride}";
        }

        if (pad is not null)
        {
            yield return $"pad {pad}";
        }
    }

    private static string? Window(IReadOnlyList<uint> sizes, bool hasSides, uint height, uint width) =>
        hasSides ? $"{Whole(height)}×{Whole(width)}"
        : sizes.Count == 0 ? null
        : sizes.Count == 1 ? $"{Whole(sizes[0])}×{Whole(sizes[0])}"
        : string.Join("×", sizes.Select(s => Whole(s)));

    // Null where it is what is usual.
    private static string? Pair(IReadOnlyList<uint> sizes, bool hasSides, uint height, uint width, uint usual)
    {
        uint[] all = hasSides ? [height, width] : [.. sizes];
        return all.All(s => s == usual) ? null
            : all.All(s => s == all[0]) ? Whole(all[0])
            : string.Join("×", all.Select(s => Whole(s)));
    }

    // The first options that are set in the layer's own block.
    private static IEnumerable<string> OfOthers(LayerParameter layer)
    {
        foreach (FieldDescriptor field in LayerParameter.Descriptor.Fields.InFieldNumberOrder())
        {
            if (field.FieldType != FieldType.Message || field.IsRepeated
                || field.Name is "transform_param" or "loss_param" or "plugin_param"
                || field.Accessor.GetValue(layer) is not IMessage block)
            {
                continue;
            }

            return [.. OptionsOf(block, layer.Type).Take(MostOptions)];
        }

        return [];
    }

    private static IEnumerable<string> OptionsOf(IMessage block, string type)
    {
        foreach (FieldDescriptor field in block.Descriptor.Fields.InFieldNumberOrder())
        {
            if (field.FieldType is FieldType.Message or FieldType.Group or FieldType.Bytes || field.Name == "engine")
            {
                continue;
            }

            string? value = field.IsRepeated
                ? string.Join(
                    " ",
                    ((System.Collections.IEnumerable)field.Accessor.GetValue(block)).Cast<object>().Take(MostValues)
                        .Select(Value))
                : field.Accessor.HasValue(block) ? Value(field.Accessor.GetValue(block)) : null;
            if (value is { Length: > 0 })
            {
                bool saysNothing = field.Name == "operation"
                    || field.Name.Equals(type, StringComparison.OrdinalIgnoreCase);
                yield return saysNothing ? value : $"{field.Name.Replace('_', ' ')} {value}";
            }
        }
    }

    private static string Value(object value) => value switch
    {
        float number => Number(number),
        bool flag => flag ? "yes" : "no",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture).ToLowerInvariant(),
        _ => value.ToString() ?? "",
    };

    private static string Whole(uint value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(float value) => value.ToString("G6", CultureInfo.InvariantCulture);
}

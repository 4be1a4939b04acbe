using Cnn.Proto;

namespace Cnn.Engine.Import.Onnx.Operators;

/// <summary>Known arrays that a value is multiplied by or that are added to it.</summary>
internal static class Constants
{
    /// <summary>
    /// Whether an array has one number for each index of an axis, as ONNX's broadcasting lines them up.
    /// </summary>
    public static bool IsOfAxis(ConstantArray array, int[] shape, int axis)
    {
        if (axis >= shape.Length || array.Shape.Length > shape.Length || array.Count != shape[axis])
        {
            return false;
        }

        int own = axis - (shape.Length - array.Shape.Length);
        return own >= 0 && array.Shape[own] == array.Count;
    }

    /// <summary>
    /// Whether an array is a number for all values, and not the weights of a layer that happen to be one.
    /// </summary>
    public static bool IsNumber(ConstantArray array) => array.Count == 1 && NodeImport.OwnerOf(array) is null;

    /// <summary>
    /// Multiplies by an array, or adds one: a layer before takes it as its bias, or a Scale or Bias layer has it.
    /// </summary>
    /// <param name="node">The operation.</param>
    /// <param name="x">The value.</param>
    /// <param name="array">The array.</param>
    /// <param name="adds">Whether it is added.</param>
    public static ImportedValue Apply(NodeImport node, ImportedValue x, ConstantArray array, bool adds)
    {
        if (adds && AsBias(x, array) is { } together)
        {
            return together;
        }

        int[] shape = Sizes.Broadcast(x.Shape, array.Shape) ?? throw node.Refusal(
            $"its inputs of shapes {Sizes.Text(x.Shape)} and {Sizes.Text(array.Shape)} do not fit");
        x = Broadcasting.Repeat(node, x, shape);
        var (axis, axes) = Extent(array, shape);
        DraftArray weights = Part(node, array, shape, axis, axes);
        string? name = NodeImport.OwnerOf(array);
        return adds
            ? node.Add("Bias", [x], shape, layer => layer.BiasParam = Options(axis, axes), [weights], name)
            : node.Add("Scale", [x], shape, layer => SetScale(layer, axis, axes), [weights], name);
    }

    /// <summary>Sets the options of a Scale layer for some axes.</summary>
    public static void SetScale(LayerParameter layer, int axis, int axes)
    {
        if (axis != 1 || axes != 1)
        {
            layer.ScaleParam = new ScaleParameter { Axis = axis, NumAxes = axes };
        }
    }

    // Which axes of a shape an array has, as the first of them and their number.
    private static (int Axis, int Axes) Extent(ConstantArray array, int[] shape)
    {
        int[] dims = Sizes.WithAxes(array.Shape, shape.Length);
        int first = Array.FindIndex(dims, d => d != 1), last = Array.FindLastIndex(dims, d => d != 1);
        if (first >= 0)
        {
            return (first, last - first + 1);
        }

        // A single number: that of an only channel, or one without axes.
        int one = shape.Length > 1 && shape[1] == 1 ? 1 : Array.IndexOf(shape, 1);
        return one >= 0 ? (one, 1) : (0, 0);
    }

    private static DraftArray Part(NodeImport node, ConstantArray array, int[] shape, int axis, int axes)
    {
        int[] part = shape[axis..(axis + axes)];
        if (array.Count == Sizes.Count(part))
        {
            return NodeImport.Weight(array, [.. part]);
        }

        node.RequireExplained(Sizes.Count(part));
        int[] own = Sizes.WithAxes(array.Shape, shape.Length)[axis..(axis + axes)];
        return new DraftArray(part, array.Reshaped(own).Expanded(part).Floats);
    }

    private static BiasParameter? Options(int axis, int axes) =>
        axis == 1 && axes == 1 ? null : new BiasParameter { Axis = axis, NumAxes = axes };

    // Where nothing else reads what a layer without a bias computes, the layer takes it.
    private static ImportedValue? AsBias(ImportedValue x, ConstantArray array)
    {
        if (x is not { IsShared: false, Blob: { IsFixed: false } blob, Layer: { Tops.Count: 1, Arrays.Count: 1 } layer }
            || layer.Tops[0] != blob)
        {
            return null;
        }

        LayerParameter definition = layer.Definition;
        switch (layer.Type)
        {
            case "Convolution" or "Deconvolution" when IsOfAxis(array, x.Shape, 1):
                definition.ConvolutionParam.ClearBiasTerm();
                break;
            case "InnerProduct" when IsOfAxis(array, x.Shape, x.Axes - 1):
                definition.InnerProductParam.ClearBiasTerm();
                break;
            case "Embed" when IsOfAxis(array, x.Shape, x.Axes - 1):
                definition.EmbedParam.ClearBiasTerm();
                break;
            case "Scale" when layer.Bottoms.Count == 1 && HasScaleExtent(layer, array, x.Shape):
                (definition.ScaleParam ??= new ScaleParameter()).BiasTerm = true;
                break;
            default:
                return null;
        }

        int[] shape = layer.Type == "Scale" ? layer.Arrays[0].Shape.ToArray() : [array.Count];
        layer.Arrays.Add(NodeImport.Weight(array, [.. shape]));
        blob.Name = null;
        return new ImportedValue(x.Shape) { Blob = blob, Layer = layer };
    }

    private static bool HasScaleExtent(LayerDraft layer, ConstantArray array, int[] shape)
    {
        ScaleParameter options = layer.Definition.ScaleParam ?? new ScaleParameter();
        return array.Count == Sizes.Count(layer.Arrays[0].Shape)
            && array.Shape.Length <= shape.Length
            && Extent(array, shape) == (options.Axis, options.NumAxes);
    }
}

using System.Collections.Frozen;

namespace Cnn.Proto;

/// <summary>
/// The offsets of Crop layers that came from V1's <c>CROP</c>. It had no options: it laid the first bottom over the
/// second, by where in a blob that both come from their rows and columns lie. (Long, Shelhamer and Darrell, "Fully
/// convolutional networks for semantic segmentation", CVPR 2015, and pycaffe's <c>coord_map</c>.)
/// </summary>
internal static class V1CropOffsets
{
    // The layers whose tops have their rows and columns where the bottoms have them.
    private static readonly FrozenSet<string> KeepPlaces = FrozenSet.Create(
        StringComparer.Ordinal,
        "AbsVal", "BNLL", "Concat", "Dropout", "Eltwise", "Exp", "LRN", "MVN", "Power", "ReLU", "Sigmoid", "Softmax",
        "Split", "TanH", "Threshold");

    /// <summary>Sets the offset of a layer whose type is Crop.</summary>
    /// <param name="net">The net, up to the layer at least.</param>
    /// <param name="index">The layer.</param>
    /// <returns>Whether it is known; else the layer begins at 0.</returns>
    public static bool TrySet(NetParameter net, int index)
    {
        LayerParameter crop = net.Layer[index];
        if (crop.Bottom.Count != 2)
        {
            return true;
        }

        var offsets = new uint[2];
        for (int axis = 0; axis < offsets.Length; axis++)
        {
            var from = new Dictionary<(int, string), Places>();
            Walk(net, Writer(net, index, crop.Bottom[0]), axis, from, until: null);
            var to = new Dictionary<(int, string), Places>();
            (int, string)? common = Walk(net, Writer(net, index, crop.Bottom[1]), axis, to, until: from);
            if (common is not { } blob)
            {
                return false;
            }

            Places places = to[blob].After(from[blob].Inverse());
            double offset = Math.Round(-places.Shift, MidpointRounding.AwayFromZero);
            if (Math.Abs(places.Scale - 1) > 1e-6 || !(offset >= 0 && offset <= int.MaxValue))
            {
                return false;
            }

            offsets[axis] = (uint)offset;
        }

        crop.CropParam = new CropParameter { Axis = 2, Offset = { offsets } };
        return true;
    }

    // Goes from a blob to all that it is computed from, and notes how places there become places of the blob. Returns
    // the first that is among others.
    private static (int, string)? Walk(
        NetParameter net, (int Layer, string Blob) start, int axis, Dictionary<(int, string), Places> known,
        Dictionary<(int, string), Places>? until)
    {
        var next = new Queue<(int Layer, string Blob)>([start]);
        known[start] = new Places(1, 0);
        while (next.TryDequeue(out var blob))
        {
            if (until?.ContainsKey(blob) == true)
            {
                return blob;
            }

            if (blob.Layer < 0 || OfLayer(net.Layer[blob.Layer], axis) is not { } step)
            {
                continue;
            }

            LayerParameter layer = net.Layer[blob.Layer];
            foreach (string bottom in layer.Type == "Crop" ? layer.Bottom.Take(1) : layer.Bottom)
            {
                var source = Writer(net, blob.Layer, bottom);
                if (known.TryAdd(source, known[blob].After(step)))
                {
                    next.Enqueue(source);
                }
            }
        }

        return null;
    }

    // The last layer before one that writes a blob; -1 for an input.
    private static (int Layer, string Blob) Writer(NetParameter net, int before, string blob)
    {
        int layer = before - 1;
        while (layer >= 0 && !net.Layer[layer].Top.Contains(blob))
        {
            layer--;
        }

        return (layer, blob);
    }

    private static Places? OfLayer(LayerParameter layer, int axis)
    {
        switch (layer.Type)
        {
            case "Convolution" or "Im2col" or "Deconvolution" when layer.ConvolutionParam is { } options:
                var windows = Places.OfWindows(
                    options.HasKernelH ? (axis == 0 ? options.KernelH : options.KernelW) : At(options.KernelSize, 1),
                    options.HasStrideH ? (axis == 0 ? options.StrideH : options.StrideW) : At(options.Stride, 1),
                    options.HasPadH || options.HasPadW
                        ? (axis == 0 ? options.PadH : options.PadW)
                        : At(options.Pad, 0),
                    At(options.Dilation, 1));
                return layer.Type == "Deconvolution" ? windows.Inverse() : windows;
            case "Pooling" when layer.PoolingParam is { GlobalPooling: false } options:
                return Places.OfWindows(
                    options.HasKernelH ? (axis == 0 ? options.KernelH : options.KernelW) : options.KernelSize,
                    options.HasStrideH ? (axis == 0 ? options.StrideH : options.StrideW) : options.Stride,
                    options.HasPadH ? (axis == 0 ? options.PadH : options.PadW) : options.Pad,
                    1);
            case "Crop":
                return new Places(1, -(layer.CropParam is { Offset.Count: 2 } crop ? crop.Offset[axis] : 0.0));
            default:
                return KeepPlaces.Contains(layer.Type) ? new Places(1, 0) : null;
        }

        uint At(IReadOnlyList<uint> values, uint otherwise) =>
            values.Count == 0 ? otherwise : values[Math.Min(axis, values.Count - 1)];
    }

    /// <summary>A place in one blob as a function of the place in another: <c>scale place + shift</c>.</summary>
    private readonly record struct Places(double Scale, double Shift)
    {
        /// <summary>A window's place as a function of the place of the pixel in its middle.</summary>
        public static Places OfWindows(uint kernel, uint stride, uint pad, uint dilation) =>
            new(1.0 / stride, (pad - ((double)dilation * (kernel - 1.0) / 2)) / stride);

        public Places Inverse() => new(1 / Scale, -Shift / Scale);

        /// <summary>This function of another's result.</summary>
        public Places After(Places first) => new(Scale * first.Scale, (Scale * first.Shift) + Shift);
    }
}

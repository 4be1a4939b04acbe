using Cnn.Layers;
using Cnn.Proto;
using ElementType = Cnn.Proto.Formats.Onnx.TensorProto.Types.DataType;

namespace Cnn.Engine.Export.Onnx.Layers;

/// <summary>
/// RNN and LSTM, step by step: Caffe's markers set the state to zero where a sequence starts, which ONNX's own
/// operators cannot. The state before the first step is zero, or an input where the net exposes it.
/// </summary>
internal static class Recurrent
{
    /// <summary>Long short-term memory.</summary>
    [ExportsLayer("LSTM", FixesBatch = true)]
    public static void LSTM(LayerExport layer)
    {
        StepSums sums = Sums(layer, gates: 4);
        var (h, c) = Steps(layer, sums);
        if (layer.Layer.TopList.Count > 1)
        {
            layer.Top(layer.Op("Identity", [h]), 1);
            layer.Top(layer.Op("Identity", [c]), 2);
        }
    }

    /// <summary>CTPN's kind, in which any marker but 0 goes on, and which can do without them.</summary>
    [ExportsLayer("Lstm", FixesBatch = true)]
    public static void ClippedLstm(LayerExport layer)
    {
        Blob x = layer.Bottom();
        string markers = layer.Layer.BottomList.Count > 1
            ? layer.Cast(
                layer.Op("Greater", [layer.Op("Abs", [layer.In(1)]), layer.Graph.Constant(0f)]), ElementType.Float)
            : FromTheFirstOn(layer, x.Dim(0), x.Dim(1));
        int size = (int)layer.Definition.LstmParam.NumOutput;
        Steps(layer, new StepSums(layer, 4, size, markers, new Places(0, 2, -1, 1)));
    }

    /// <summary>Markers of sequences that all begin at the first step.</summary>
    [ExportsLayer("ContinuationIndicator", FixesBatch = true)]
    public static void ContinuationIndicator(LayerExport layer)
    {
        Blob top = layer.TopBlob();
        layer.Top(layer.Op("Identity", [FromTheFirstOn(layer, top.Dim(0), top.Dim(1))]));
    }

    /// <summary>The simple recurrent net.</summary>
    [ExportsLayer("RNN", FixesBatch = true)]
    public static void RNN(LayerExport layer)
    {
        StepSums sums = Sums(layer, gates: 1);
        int weights = sums.NextParameter, size = sums.Size;
        string h = sums.Initial(0);
        string[] outputs = new string[sums.Steps];
        string w = Transposed(layer, weights, size, size);
        string b = layer.Weight(weights + 1, size);
        for (int t = 0; t < sums.Steps; t++)
        {
            h = layer.Op("Tanh", [sums.Of(t, h, sums.Marker(t))]);
            outputs[t] = layer.Op("Tanh", [layer.Op("Add", [layer.Op("MatMul", [h, w]), b])]);
        }

        layer.Top(Join(layer, outputs));
        if (layer.Layer.TopList.Count > 1)
        {
            layer.Top(layer.Op("Identity", [h]), 1);
        }
    }

    /// <summary>Returns h and c of a step from the gates' sums in the order i, f, o, g.</summary>
    public static (string H, string C) LstmStep(LayerExport layer, string sums, string c, string marker, int size)
    {
        string[] gates = layer.Ops(
            "Split", 4, [sums, layer.Graph.Constant([size, size, size, size], [4])], ("axis", 2));
        string input = layer.Op("Sigmoid", [gates[0]]), forget = layer.Op("Sigmoid", [gates[1]]);
        string output = layer.Op("Sigmoid", [gates[2]]), update = layer.Op("Tanh", [gates[3]]);
        string kept = layer.Op("Mul", [layer.Op("Mul", [marker, forget]), c]);
        string next = layer.Op("Add", [kept, layer.Op("Mul", [input, update])]);
        return (layer.Op("Mul", [output, layer.Op("Tanh", [next])]), next);
    }

    private static (string H, string C) Steps(LayerExport layer, StepSums sums)
    {
        string h = sums.Initial(0), c = sums.Initial(1);
        string[] outputs = new string[sums.Steps];
        for (int t = 0; t < sums.Steps; t++)
        {
            string marker = sums.Marker(t);
            (h, c) = LstmStep(layer, sums.Of(t, h, marker), c, marker, sums.Size);
            outputs[t] = h;
        }

        layer.Top(Join(layer, outputs));
        return (h, c);
    }

    // Those of Caffe's layers.
    private static StepSums Sums(LayerExport layer, int gates)
    {
        RecurrentParameter options = layer.Definition.RecurrentParam;
        int exposed = options.ExposeHidden ? gates == 4 ? 2 : 1 : 0;
        bool hasStatic = layer.Layer.BottomList.Count > 2 + exposed;
        Places places = hasStatic ? new Places(0, 1, 2, 3) : new Places(0, 1, -1, 2);
        return new StepSums(layer, gates, (int)options.NumOutput, layer.In(1), places);
    }

    private static string FromTheFirstOn(LayerExport layer, int steps, int streams)
    {
        var markers = new float[steps * streams];
        markers.AsSpan(streams).Fill(1);
        return layer.Weight("markers", markers, steps, streams);
    }

    private static string Transposed(LayerExport layer, int blob, int rows, int columns) =>
        layer.Op("Transpose", [layer.Weight(blob, rows, columns)], ("perm", (int[])[1, 0]));

    private static string Join(LayerExport layer, string[] steps) =>
        steps.Length == 1 ? layer.Op("Identity", steps) : layer.Op("Concat", steps, ("axis", 0));

    // Which of the parameters are W_x, b, W_static (-1 for none) and W_h.
    private readonly record struct Places(int Inputs, int Bias, int Static, int Recurrent);

    // W_x x_t + b + W_static x_static + W_h (cont_t h_{t-1}), [1, N, gates D].
    private sealed class StepSums
    {
        private readonly LayerExport layer;
        private readonly string recurrentWeights;
        private readonly string[] inputs;
        private readonly string[] markers;
        private readonly int streams;
        private readonly bool hasStatic;

        public StepSums(LayerExport layer, int gates, int size, string markers, Places places)
        {
            this.layer = layer;
            Blob x = layer.Bottom();
            (Steps, streams, Size) = (x.Dim(0), x.Dim(1), size);
            hasStatic = places.Static >= 0;
            int width = gates * Size, values = x.CountOf(2);
            string all = Product(
                layer.Reshape(layer.In(), [Steps, streams, values], isBatch: false), places.Inputs, width, values);
            all = layer.Op("Add", [all, layer.Weight(places.Bias, width)]);
            if (hasStatic)
            {
                Blob still = layer.Bottom(2);
                string flat = layer.Reshape(layer.In(2), [1, streams, still.CountOf(1)], isBatch: false);
                all = layer.Op("Add", [all, Product(flat, places.Static, width, still.CountOf(1))]);
            }

            recurrentWeights = Transposed(layer, places.Recurrent, width, Size);
            NextParameter = places.Recurrent + 1;
            inputs = Parts(all);
            this.markers = Parts(layer.Reshape(markers, [Steps, streams, 1], isBatch: false));
        }

        public int Steps { get; }

        public int Size { get; }

        public int NextParameter { get; }

        public string Marker(int step) => markers[step];

        public string Of(int step, string h, string marker) => layer.Op(
            "Add", [inputs[step], layer.Op("MatMul", [layer.Op("Mul", [marker, h]), recurrentWeights])]);

        public string Initial(int index)
        {
            int bottom = 2 + (hasStatic ? 1 : 0) + index;
            return bottom < layer.Layer.BottomList.Count
                ? layer.In(bottom)
                : layer.Weight($"initial{index}", new float[streams * Size], 1, streams, Size);
        }

        private string Product(string x, int blob, int outputs, int values) =>
            layer.Op("MatMul", [x, Transposed(layer, blob, outputs, values)]);

        private string[] Parts(string value)
        {
            if (Steps == 1)
            {
                return [value];
            }

            long[] ones = new long[Steps];
            Array.Fill(ones, 1);
            return layer.Ops("Split", Steps, [value, layer.Graph.Constant(ones)], ("axis", 0));
        }
    }
}

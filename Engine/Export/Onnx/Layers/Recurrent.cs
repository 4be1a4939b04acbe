using Cnn.Layers;
using Cnn.Proto;

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
        var sums = new StepSums(layer, gates: 4);
        string h = sums.Initial(0), c = sums.Initial(1);
        string[] outputs = new string[sums.Steps];
        for (int t = 0; t < sums.Steps; t++)
        {
            string marker = sums.Marker(t);
            (h, c) = LstmStep(layer, sums.Of(t, h, marker), c, marker, axis: 2);
            outputs[t] = h;
        }

        layer.Top(Join(layer, outputs));
        if (layer.Layer.TopList.Count > 1)
        {
            layer.Top(layer.Op("Identity", [h]), 1);
            layer.Top(layer.Op("Identity", [c]), 2);
        }
    }

    /// <summary>The simple recurrent net.</summary>
    [ExportsLayer("RNN", FixesBatch = true)]
    public static void RNN(LayerExport layer)
    {
        var sums = new StepSums(layer, gates: 1);
        int weights = sums.NextParameter, size = sums.Size;
        string h = sums.Initial(0);
        string[] outputs = new string[sums.Steps];
        string w = Transposed(layer, weights, "weight_ho", size, size);
        string b = layer.Weight(weights + 1, "bias_o", size);
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
    public static (string H, string C) LstmStep(LayerExport layer, string sums, string c, string marker, int axis)
    {
        int size = layer.Layer.Type == "LSTM" ? layer.TopBlob().Dim(2) : layer.Bottom().Dim(2);
        string[] gates = layer.Ops(
            "Split", 4, [sums, layer.Graph.Constant([size, size, size, size], [4])], ("axis", axis));
        string input = layer.Op("Sigmoid", [gates[0]]), forget = layer.Op("Sigmoid", [gates[1]]);
        string output = layer.Op("Sigmoid", [gates[2]]), update = layer.Op("Tanh", [gates[3]]);
        string kept = layer.Op("Mul", [layer.Op("Mul", [marker, forget]), c]);
        string next = layer.Op("Add", [kept, layer.Op("Mul", [input, update])]);
        return (layer.Op("Mul", [output, layer.Op("Tanh", [next])]), next);
    }

    private static string Transposed(LayerExport layer, int blob, string role, int rows, int columns) =>
        layer.Op("Transpose", [layer.Weight(blob, role, rows, columns)], ("perm", (int[])[1, 0]));

    private static string Join(LayerExport layer, string[] steps) =>
        steps.Length == 1 ? layer.Op("Identity", steps) : layer.Op("Concat", steps, ("axis", 0));

    // W_x x_t + b + W_static x_static + W_h (cont_t h_{t-1}), [1, N, gates D].
    private sealed class StepSums
    {
        private readonly LayerExport layer;
        private readonly string recurrentWeights;
        private readonly string[] inputs;
        private readonly string[] markers;
        private readonly int streams;
        private readonly bool hasStatic;

        public StepSums(LayerExport layer, int gates)
        {
            this.layer = layer;
            Blob x = layer.Bottom();
            (Steps, streams) = (x.Dim(0), x.Dim(1));
            RecurrentParameter options = layer.Definition.RecurrentParam;
            Size = (int)options.NumOutput;
            int exposed = options.ExposeHidden ? gates == 4 ? 2 : 1 : 0;
            hasStatic = layer.Layer.BottomList.Count > 2 + exposed;
            int width = gates * Size, values = x.CountOf(2);
            string all = Product(
                layer.Reshape(layer.In(), [Steps, streams, values], isBatch: false), 0, "weight_x", width, values);
            all = layer.Op("Add", [all, layer.Weight(1, "bias", width)]);
            int next = 2;
            if (hasStatic)
            {
                Blob still = layer.Bottom(2);
                string flat = layer.Reshape(layer.In(2), [1, streams, still.CountOf(1)], isBatch: false);
                all = layer.Op("Add", [all, Product(flat, next++, "weight_static", width, still.CountOf(1))]);
            }

            recurrentWeights = Transposed(layer, next, "weight_h", width, Size);
            NextParameter = next + 1;
            inputs = Parts(all);
            markers = Parts(layer.Reshape(layer.In(1), [Steps, streams, 1], isBatch: false));
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

        private string Product(string x, int blob, string role, int outputs, int values) =>
            layer.Op("MatMul", [x, Transposed(layer, blob, role, outputs, values)]);

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

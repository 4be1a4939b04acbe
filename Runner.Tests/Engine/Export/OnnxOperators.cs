using System.Collections.Frozen;
using ElementType = Cnn.Proto.Formats.Onnx.TensorProto.Types.DataType;

namespace Cnn.Tests.Engine.Export;

/// <summary>
/// ONNX's operators as the published list has them: the first set that has each, and the types of its inputs and
/// outputs.
/// </summary>
internal static class OnnxOperators
{
    // T is the type of the first input that says T, U likewise; f is float32, i is int64, b is bool, C what a Cast
    // casts to. A star repeats the last input, and inputs behind a question mark may be missing.
    private const string Published = """
        Abs 1 T > T
        Add 7 T T > T
        And 7 b b > b
        AveragePool 1 f > f
        BatchNormalization 9 f f f f f > f
        Cast 9 T > C
        Ceil 1 f > f
        Clip 11 T ? T T > T
        Compress 9 T b > T
        Concat 4 T* > T
        Conv 1 f f ? f > f
        ConvTranspose 1 f f ? f > f
        CumSum 11 T i > T
        DepthToSpace 1 T > T
        Div 7 T T > T
        Elu 6 f > f
        Equal 7 T T > b
        Erf 9 f > f
        Exp 6 f > f
        Expand 8 T i > T
        Flatten 1 T > T
        Floor 1 f > f
        Gather 1 T i > T
        GatherElements 11 T i > T
        GatherND 12 T i > T
        Gemm 7 f f ? f > f
        GlobalAveragePool 1 f > f
        GlobalMaxPool 1 f > f
        Greater 7 T T > b
        GreaterOrEqual 12 T T > b
        GridSample 16 f f > f
        HardSigmoid 6 f > f
        HardSwish 14 f > f
        Identity 1 T > T
        LRN 1 f > f
        LeakyRelu 6 f > f
        Less 7 T T > b
        LessOrEqual 12 T T > b
        Log 6 f > f
        MatMul 1 f f > f
        Max 8 T* > T
        MaxPool 8 f > f i
        MaxRoiPool 1 f f > f
        Min 8 T* > T
        Mod 10 T T > T
        Mul 7 T T > T
        Neg 6 T > T
        NonMaxSuppression 10 f f ? i f f > i
        NonZero 9 T > i
        Not 1 b > b
        OneHot 9 T i U > U
        Or 7 b b > b
        PRelu 7 f f > f
        Pad 11 T i ? T i > T
        Pow 7 f f > f
        Range 11 T T T > T
        Reciprocal 6 f > f
        ReduceL1 1 T ? i > T
        ReduceMax 1 T ? i > T
        ReduceMean 1 T ? i > T
        ReduceMin 1 T ? i > T
        ReduceProd 1 T ? i > T
        ReduceSum 1 T ? i > T
        ReduceSumSquare 1 T ? i > T
        Relu 6 f > f
        Reshape 5 T i > T
        Resize 11 f ? f f i > f
        Round 11 f > f
        ScatterElements 11 T i T > T
        ScatterND 11 T i T > T
        Selu 6 f > f
        Shape 1 T > i
        Sigmoid 6 f > f
        Sign 9 T > T
        Slice 10 T i i ? i i > T
        Softmax 1 f > f
        Softplus 1 f > f
        Softsign 1 f > f
        SpaceToDepth 1 T > T
        Split 2 T ? i > T*
        Sqrt 6 f > f
        Squeeze 1 T ? i > T
        Sub 7 T T > T
        Sum 8 f* > f
        Tanh 6 f > f
        Tile 6 T i > T
        TopK 11 T i > T i
        Transpose 1 T > T
        Unsqueeze 13 T i > T
        Where 9 b T T > T
        """;

    private static readonly FrozenDictionary<string, Signature> Signatures = Published
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Signature.Parse)
        .ToFrozenDictionary(s => s.Name, StringComparer.Ordinal);

    /// <summary>Returns an operator; fails for one that the list lacks.</summary>
    public static Signature Of(string name) => Signatures.TryGetValue(name, out Signature? signature)
        ? signature
        : throw new InvalidOperationException($"operator {name} is new: add its line to the list of operators");

    /// <summary>What an operator takes and gives.</summary>
    /// <param name="Name">The operator.</param>
    /// <param name="Since">The first set of operators that has it.</param>
    /// <param name="Inputs">The types of its inputs.</param>
    /// <param name="Required">How many inputs may not be missing.</param>
    /// <param name="Outputs">The types of its outputs.</param>
    internal sealed record Signature(string Name, int Since, string[] Inputs, int Required, string[] Outputs)
    {
        /// <summary>Reads a line of the list.</summary>
        public static Signature Parse(string line)
        {
            string[] halves = line.Split(" > ");
            string[] words = halves[0].Split(' ');
            int optional = Array.IndexOf(words, "?");
            return new Signature(
                words[0],
                int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture),
                [.. words[2..].Where(w => w != "?")],
                (optional < 0 ? words.Length : optional) - 2,
                halves[1].Split(' '));
        }

        /// <summary>Returns the type of an output; fails where the inputs are of other types.</summary>
        /// <param name="inputs">The types of the inputs; UNDEFINED for one that is left out.</param>
        /// <param name="output">Which output.</param>
        /// <param name="target">What a Cast casts to.</param>
        public ElementType OutputOf(IReadOnlyList<ElementType> inputs, int output, ElementType target)
        {
            bool repeats = Inputs[^1].EndsWith('*');
            Assert.True(inputs.Count >= Required, $"{Name} has {inputs.Count} inputs");
            Assert.True(repeats || inputs.Count <= Inputs.Length, $"{Name} has {inputs.Count} inputs");
            var bound = new Dictionary<char, ElementType>
            {
                ['f'] = ElementType.Float, ['i'] = ElementType.Int64, ['b'] = ElementType.Bool, ['C'] = target,
            };
            for (int i = 0; i < inputs.Count; i++)
            {
                if (inputs[i] == ElementType.Undefined)
                {
                    Assert.True(i >= Required, $"{Name} needs its input {i}");
                    continue;
                }

                char kind = Inputs[Math.Min(i, Inputs.Length - 1)][0];
                bound.TryAdd(kind, inputs[i]);
                Assert.True(
                    bound[kind] == inputs[i], $"input {i} of {Name} is of type {inputs[i]}, expected {bound[kind]}");
            }

            bool isMany = Outputs[^1].EndsWith('*');
            Assert.True(isMany || output < Outputs.Length, $"{Name} has no output {output}");
            return bound[Outputs[Math.Min(output, Outputs.Length - 1)][0]];
        }
    }
}

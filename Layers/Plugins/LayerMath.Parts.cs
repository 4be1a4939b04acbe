using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Layers.Plugins;

/// <content>Loops of the layer's own, shared out over the threads.</content>
public sealed unsafe partial class LayerMath
{
    /// <summary>
    /// A function over a stretch of an array; it keeps to itself what it writes beside <paramref name="y"/>.
    /// </summary>
    /// <param name="x">The stretch of the operand.</param>
    /// <param name="y">The same stretch of the result.</param>
    /// <param name="first">Where the stretch begins in the array.</param>
    public delegate void ElementFunction(ReadOnlySpan<float> x, Span<float> y, int first);

    /// <summary>A function over a stretch of two arrays.</summary>
    /// <param name="a">The stretch of the first operand.</param>
    /// <param name="b">The same stretch of the second.</param>
    /// <param name="y">The same stretch of the result.</param>
    /// <param name="first">Where the stretch begins in the arrays.</param>
    public delegate void ElementFunctionOfTwo(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y, int first);

    /// <summary>
    /// <c>y = f(x)</c>: calls a function for stretches of 16,384 values, on several threads at the same time. Keep the
    /// delegate in a field: one that is made in each pass is memory in each pass.
    /// </summary>
    /// <exception cref="CnnException">The lengths differ, or y overlaps x without being it.</exception>
    public void Map(ReadOnlySpan<float> x, Span<float> y, ElementFunction function)
    {
        RequireTarget(nameof(Map), x, y);
        fixed (float* px = x, py = y)
        {
            var job = new MapJob(px, py, y.Length, function);
            pool.Run(ElementParts.Count(y.Length), ref job);
        }
    }

    /// <summary><c>y = f(a, b)</c>, likewise.</summary>
    /// <exception cref="CnnException">The lengths differ, or y overlaps an operand without being it.</exception>
    public void Map(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y, ElementFunctionOfTwo function)
    {
        RequireLength(nameof(Map), "the second", b.Length, a.Length);
        RequireTarget(nameof(Map), a, y);
        RequireTarget(nameof(Map), b, y);
        fixed (float* pa = a, pb = b, py = y)
        {
            var job = new MapOfTwoJob(pa, pb, py, y.Length, function);
            pool.Run(ElementParts.Count(y.Length), ref job);
        }
    }

    /// <summary>
    /// Calls <paramref name="part"/> for 0 to <paramref name="count"/> - 1, on several threads at the same time. What
    /// the parts are must not depend on how many threads there are, and no two may write to one place. An exception of
    /// a part is thrown again here.
    /// </summary>
    /// <exception cref="CnnException"><paramref name="count"/> is negative.</exception>
    public void Parallel(int count, Action<int> part)
    {
        RequireCount(count);
        var job = new PartJob(part);
        pool.Run(count, ref job);
    }

    /// <summary>The same for a struct, which the loop is compiled for and which needs no memory.</summary>
    /// <exception cref="CnnException"><paramref name="count"/> is negative.</exception>
    public void Parallel<T>(int count, ref T parts)
        where T : struct, IParallelJob
    {
        RequireCount(count);
        pool.Run(count, ref parts);
    }

    private void RequireCount(int count)
    {
        if (count < 0)
        {
            throw context.Error($"Parallel: there cannot be {count} parts");
        }
    }

    private readonly struct PartJob(Action<int> part) : IParallelJob
    {
        public void Run(int index, int worker) => part(index);
    }

    private readonly struct MapJob(float* x, float* y, int count, ElementFunction function) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (start, end) = ElementParts.Range(part, count);
            function(new ReadOnlySpan<float>(x + start, end - start), new Span<float>(y + start, end - start), start);
        }
    }

    private readonly struct MapOfTwoJob(float* a, float* b, float* y, int count, ElementFunctionOfTwo function) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (start, end) = ElementParts.Range(part, count);
            function(
                new ReadOnlySpan<float>(a + start, end - start),
                new ReadOnlySpan<float>(b + start, end - start),
                new Span<float>(y + start, end - start),
                start);
        }
    }
}

using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Layers.Plugins;

/// <content>The layer's own loops, distributed over the threads.</content>
public sealed unsafe partial class LayerMath
{
    /// <summary>
    /// A function over a range of an array. Other than to <paramref name="y"/>, it must not write to memory that other
    /// calls use.
    /// </summary>
    /// <param name="x">The range of the operand.</param>
    /// <param name="y">The same range of the result.</param>
    /// <param name="first">The index in the array where the range begins.</param>
    public delegate void ElementFunction(ReadOnlySpan<float> x, Span<float> y, int first);

    /// <summary>A function over a range of two arrays.</summary>
    /// <param name="a">The range of the first operand.</param>
    /// <param name="b">The same range of the second.</param>
    /// <param name="y">The same range of the result.</param>
    /// <param name="first">The index in the arrays where the range begins.</param>
    public delegate void ElementFunctionOfTwo(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y, int first);

    /// <summary>
    /// Computes <c>y = f(x)</c>: calls a function for ranges of 16,384 values, on several threads at the same time.
    /// Keep the delegate in a field: creating one in each pass allocates memory in each pass.
    /// </summary>
    /// <exception cref="CnnException">The lengths differ, or y overlaps x without being the same span.</exception>
    public void Map(ReadOnlySpan<float> x, Span<float> y, ElementFunction function)
    {
        RequireTarget(nameof(Map), x, y);
        fixed (float* px = x, py = y)
        {
            var job = new MapJob(px, py, y.Length, function);
            pool.Run(ElementParts.Count(y.Length), ref job);
        }
    }

    /// <summary>Computes <c>y = f(a, b)</c> in the same way.</summary>
    /// <exception cref="CnnException">
    /// The lengths differ, or y overlaps an operand without being the same span.
    /// </exception>
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
    /// Calls <paramref name="part"/> for 0 to <paramref name="count"/> - 1, on several threads at the same time. The
    /// parts must not depend on the number of threads, and no two may write to the same place. An exception of a part
    /// is rethrown here.
    /// </summary>
    /// <exception cref="CnnException"><paramref name="count"/> is negative.</exception>
    public void Parallel(int count, Action<int> part)
    {
        RequireCount(count);
        var job = new PartJob(part);
        pool.Run(count, ref job);
    }

    /// <summary>
    /// Runs parts in the same way for a struct, for which the loop is compiled and which allocates no memory.
    /// </summary>
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

    private readonly struct MapOfTwoJob(
        float* a, float* b, float* y, int count, ElementFunctionOfTwo function) : IParallelJob
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

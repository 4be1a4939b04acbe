using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Cnn.Layers.Kernels;

/// <summary>
/// Checks the arguments of kernels, in debug builds only: a kernel that is called wrongly silently reads or writes
/// memory that is not its own. The checks are those of <see cref="ArrayChecks"/>.
/// </summary>
internal static unsafe class KernelGuard
{
    /// <summary>Checks a size, see <see cref="ArrayChecks.Size"/>.</summary>
    [Conditional("DEBUG")]
    public static void Size(long size, [CallerArgumentExpression(nameof(size))] string name = "") =>
        ArrayChecks.Size(size, name);

    /// <summary>Checks an array [a, b, c, d], see <see cref="ArrayChecks.Array"/>.</summary>
    [Conditional("DEBUG")]
    public static void Array<T>(
        T* first, long a, long b = 1, long c = 1, long d = 1,
        [CallerArgumentExpression(nameof(first))] string name = "")
        where T : unmanaged => ArrayChecks.Array(first, ArrayChecks.Count(name, a, b, c, d), name);

    /// <summary>Checks an array [a, b, c, d] or null, see <see cref="ArrayChecks.Array"/>.</summary>
    [Conditional("DEBUG")]
    public static void ArrayOrNull<T>(
        T* first, long a, long b = 1, long c = 1, long d = 1,
        [CallerArgumentExpression(nameof(first))] string name = "")
        where T : unmanaged
    {
        if (first != null)
        {
            ArrayChecks.Array(first, ArrayChecks.Count(name, a, b, c, d), name);
        }
    }

    /// <summary>
    /// Checks two arrays of one size that may be the same, see <see cref="ArrayChecks.SameOrApart"/>.
    /// </summary>
    [Conditional("DEBUG")]
    public static void SameOrApart<T>(
        T* first, T* second, long count, [CallerArgumentExpression(nameof(first))] string firstName = "",
        [CallerArgumentExpression(nameof(second))] string secondName = "")
        where T : unmanaged => ArrayChecks.SameOrApart(first, second, count * sizeof(T), firstName, secondName);

    /// <summary>Checks that two arrays share no memory, see <see cref="ArrayChecks.Apart"/>.</summary>
    [Conditional("DEBUG")]
    public static void Apart<TFirst, TSecond>(
        TFirst* first, long firstCount, TSecond* second, long secondCount,
        [CallerArgumentExpression(nameof(first))] string firstName = "",
        [CallerArgumentExpression(nameof(second))] string secondName = "")
        where TFirst : unmanaged
        where TSecond : unmanaged =>
        ArrayChecks.Apart(
            first, firstCount * sizeof(TFirst), second, secondCount * sizeof(TSecond), firstName, secondName);
}

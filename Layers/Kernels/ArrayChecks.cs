namespace Cnn.Layers.Kernels;

/// <summary>Checks of sizes, addresses and overlap; <see cref="KernelGuard"/> makes them in debug builds.</summary>
internal static unsafe class ArrayChecks
{
    /// <summary>Checks that a size is 0 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is less than 0.</exception>
    public static void Size(long size, string name) => ArgumentOutOfRangeException.ThrowIfNegative(size, name);

    /// <summary>Returns the number of values of an array [a, b, c, d].</summary>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is less than 0.</exception>
    /// <exception cref="OverflowException">The product is 2^63 or more.</exception>
    public static long Count(string name, long a, long b, long c, long d)
    {
        Size(a, name);
        Size(b, name);
        Size(c, name);
        Size(d, name);
        return checked(a * b * c * d);
    }

    /// <summary>Checks that an array has an address, aligned to its elements, unless it is empty.</summary>
    /// <exception cref="ArgumentNullException">The address is null and the array is not empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is less than 0.</exception>
    /// <exception cref="ArgumentException">The address is not aligned to the elements.</exception>
    public static void Array<T>(T* first, long count, string name)
        where T : unmanaged
    {
        Size(count, name);
        if (count == 0)
        {
            return;
        }

        if (first == null)
        {
            throw new ArgumentNullException(name);
        }

        if ((nuint)first % (nuint)sizeof(T) != 0)
        {
            throw new ArgumentException($"the address is not a multiple of {sizeof(T)} bytes", name);
        }
    }

    /// <summary>Checks that two arrays of one size are the same or share no memory.</summary>
    /// <exception cref="ArgumentException">They overlap in part.</exception>
    public static void SameOrApart(void* first, void* second, long bytes, string firstName, string secondName)
    {
        if (first != second)
        {
            Apart(first, bytes, second, bytes, firstName, secondName);
        }
    }

    /// <summary>Checks that two arrays share no memory.</summary>
    /// <exception cref="ArgumentException">They overlap.</exception>
    public static void Apart(
        void* first, long firstBytes, void* second, long secondBytes, string firstName, string secondName)
    {
        byte* a = (byte*)first, b = (byte*)second;
        if (a != null && b != null && firstBytes > 0 && secondBytes > 0 && a < b + secondBytes && b < a + firstBytes)
        {
            throw new ArgumentException($"{firstName} and {secondName} overlap", secondName);
        }
    }
}

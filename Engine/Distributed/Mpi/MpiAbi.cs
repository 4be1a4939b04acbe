namespace Cnn.Engine.Distributed.Mpi;

/// <summary>
/// How the handles of an MPI library look in memory. Libraries of one kind can stand for each other.
/// </summary>
internal enum MpiAbi
{
    /// <summary>That of MPI 5.0: small numbers, the same in every library.</summary>
    Standard,

    /// <summary>Open MPI's own: addresses of the library's objects.</summary>
    OpenMpi,

    /// <summary>That of MPICH, Intel MPI and MVAPICH: 32-bit numbers.</summary>
    Mpich,
}

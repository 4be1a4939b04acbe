using Cnn.Engine.Distributed.Mpi;

namespace Cnn.Tests.Engine.Distributed.Mpi;

[Trait("Category", "Unit")]
public class LauncherTests
{
    [Theory]
    [InlineData("OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_RANK=3 PMIX_RANK=3", "mpirun of Open MPI", 4)]
    [InlineData("PMI_SIZE=2 PMI_RANK=0", "mpiexec of MPICH", 2)]
    [InlineData("SLURM_STEP_NUM_TASKS=8 SLURM_NTASKS=8 SLURM_PROCID=7 PMIX_RANK=7", "srun", 8)]
    [InlineData("SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=1 PMI_SIZE=16 PMI_RANK=9", "mpiexec of MPICH", 16)]
    [InlineData("SLURM_STEP_NUM_TASKS=1 SLURM_PROCID=0 OMPI_COMM_WORLD_SIZE=3 OMPI_COMM_WORLD_RANK=0",
        "mpirun of Open MPI", 3)]
    [InlineData("OMPI_COMM_WORLD_SIZE=1 OMPI_COMM_WORLD_RANK=0", "mpirun of Open MPI", 1)]
    public void ALauncherIsKnownByItsVariables(string environment, string name, int size)
    {
        Launcher? found = Find(environment);

        Assert.NotNull(found);
        Assert.Equal((name, size), (found.Name, found.Size));
    }

    // A batch script of Slurm is one process, whatever its job has asked for.
    [Theory]
    [InlineData("")]
    [InlineData("SLURM_NTASKS=8 SLURM_PROCID=0")]
    [InlineData("PMI_RANK=1")]
    [InlineData("PMI_SIZE=2")]
    [InlineData("PMI_SIZE=two PMI_RANK=1")]
    [InlineData("PMI_SIZE=2 PMI_RANK=2")]
    [InlineData("OMPI_COMM_WORLD_SIZE=-2 OMPI_COMM_WORLD_RANK=0")]
    [InlineData("OMPI_COMM_WORLD_SIZE= OMPI_COMM_WORLD_RANK=")]
    public void WithoutASizeAndARankOfItThereIsNone(string environment) => Assert.Null(Find(environment));

    private static Launcher? Find(string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(v => v.Split('='))
            .ToDictionary(v => v[0], v => v[1]);
        return Launcher.Find(name => variables.GetValueOrDefault(name));
    }
}

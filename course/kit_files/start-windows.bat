@echo off
rem Starts the course from this stick. What it does is in fourth-p\start.py.
setlocal
set "START=%~dp0fourth-p\start.py"
rem The Python manager must not go looking for a Python on the internet.
set "PYTHON_MANAGER_AUTOMATIC_INSTALL=false"

for %%v in (@PYTHONS@) do (
    py -%%v -I "%START%" --suits >nul 2>nul && (
        py -%%v -I "%START%" %*
        goto done
    )
)
for %%p in (python.exe python3.exe) do (
    %%p -I "%START%" --suits >nul 2>nul && (
        %%p -I "%START%" %*
        goto done
    )
)
for /d %%d in ("%LOCALAPPDATA%\Programs\Python\Python3*" "%ProgramFiles%\Python3*") do (
    "%%d\python.exe" -I "%START%" --suits >nul 2>nul && (
        "%%d\python.exe" -I "%START%" %*
        goto done
    )
)

echo No Python was found on this computer that this stick can use.
echo It can use one of these, as 64-bit: @PYTHONS@
echo READ-ME-FIRST.html on the stick says what to do.
pause
exit /b 1

:done
if errorlevel 1 (
    pause
    exit /b 1
)
